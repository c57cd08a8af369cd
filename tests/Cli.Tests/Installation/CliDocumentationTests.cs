using System.Text.RegularExpressions;
using Telemetry.Cli.Commands.Installation;

namespace Telemetry.Cli.Tests.Installation;

/// <summary>Scripts rely on docs/cli.md.</summary>
public sealed partial class CliDocumentationTests
{
    [Theory]
    [InlineData("`status`", typeof(StatusDocument))]
    [InlineData("`on`, `local`, `off`", typeof(ChoiceDocument))]
    [InlineData("`preview`", typeof(PreviewDocument))]
    [InlineData("`send`", typeof(SendDocument))]
    [InlineData("`history`", typeof(HistoryDocument))]
    [InlineData("`doctor`", typeof(CheckupDocument))]
    [InlineData("`environment`", typeof(VariableDocument))]
    [InlineData("`receipt`", typeof(ReceiptDocument))]
    [InlineData("`violations`", typeof(ViolationDocument))]
    [InlineData("`checks`", typeof(CheckDocument))]
    public void Every_field_is_listed_and_no_other(string row, Type document)
    {
        var cells = Document.Split("### JSON")[1].Split('\n').Single(line => line.StartsWith($"| {row} |", StringComparison.Ordinal));

        Assert.Equal(
            InstallationJson.Default.GetTypeInfo(document)!.Properties.Select(property => property.Name),
            Quoted().Matches(cells[(row.Length + 3)..]).Select(name => name.Groups[1].Value));
    }

    [Fact]
    public async Task Every_verb_is_described()
    {
        var (code, help, _) = await CliRunner.RunAsync("", "--help");

        Assert.Equal(0, code);
        Assert.All(
            ["status", "on", "local", "off", "preview", "send", "history", "doctor", "report", "tail", "instances", "licenses"],
            verb =>
            {
                Assert.Matches($"(?m)^  {verb}\\b", help);
                Assert.Contains($"`{verb}", Document, StringComparison.Ordinal);
            });
    }

    private static string Document
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Telemetry.sln")))
            {
                folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
            }

            return File.ReadAllText(Path.Combine(folder.FullName, "docs", "cli.md"));
        }
    }

    [GeneratedRegex("`([a-zA-Z]+)`")]
    private static partial Regex Quoted();
}
