using System.Text;

namespace Telemetry.Server.Tests.Export;

/// <summary>A file as another program reads it: by RFC 4180, which this follows to the letter.</summary>
/// <param name="Names">The columns.</param>
/// <param name="Rows">The cells; empty ones for what is not known.</param>
internal sealed record ExportedFile(IReadOnlyList<string> Names, IReadOnlyList<IReadOnlyDictionary<string, string>> Rows)
{
    public static ExportedFile OfCsv(byte[] bytes)
    {
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        var lines = new List<List<string>>();
        for (var at = 0; at < text.Length;)
        {
            var cells = new List<string>();
            do
            {
                cells.Add(Cell(text, ref at));
            }
            while (text[at++] == ',');

            Assert.Equal("\r\n", text.Substring(at - 1, 2));
            at++;
            lines.Add(cells);
        }

        Assert.All(lines, line => Assert.Equal(lines[0].Count, line.Count));
        return new ExportedFile(lines[0], [.. lines.Skip(1).Select(line => lines[0].Zip(line).ToDictionary(pair => pair.First, pair => pair.Second))]);
    }

    private static string Cell(string text, ref int at)
    {
        var cell = new StringBuilder();
        if (text[at] != '"')
        {
            while (text[at] is not (',' or '\r'))
            {
                Assert.False(text[at] is '"' or '\n', "a special character stands without quotes");
                cell.Append(text[at++]);
            }

            return cell.ToString();
        }

        for (at++; text[at] != '"' || text[at + 1] == '"'; at++)
        {
            at += text[at] == '"' ? 1 : 0;
            cell.Append(text[at]);
        }

        at++;
        return cell.ToString();
    }
}
