namespace Telemetry.ClientSdk.Tests.Consent;

/// <summary>The tables of docs/consent.md.</summary>
internal static class ConsentDocument
{
    public static IReadOnlyList<ConsentRow> TruthTable() =>
        [.. Table("| environment | command line | administrator | default | mode | decided by |").Select(ConsentRow.Of)];

    public static IReadOnlyList<(string? Value, bool OptsOut)> Values() =>
        [.. Table("| value | opts out |").Select(cells => (ValueOf(cells[0]), cells[1] == "yes"))];

    private static string? ValueOf(string cell) => cell == "not set" ? null : cell.Trim('`');

    /// <summary>The cells of each row under a heading; fails when the heading is gone.</summary>
    private static List<string[]> Table(string heading)
    {
        var lines = File.ReadAllLines(Path.Combine(Repository(), "docs", "consent.md"));
        var start = Array.IndexOf(lines, heading);
        Assert.True(start >= 0, $"docs/consent.md has no table '{heading}'.");
        var rows = lines.Skip(start + 2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)).ToList();
        Assert.NotEmpty(rows);
        return rows;
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Telemetry.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return folder.FullName;
    }
}
