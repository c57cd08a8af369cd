using System.Globalization;
using Microsoft.Playwright;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>The figures that a page shows, read from its elements.</summary>
internal static class ShownFigures
{
    /// <summary>Rows of cells, the heads first, of them the lowest row; what only a screen reader hears left out.</summary>
    private const string Cells = """
        tables => tables.map(table => [...table.rows].filter(row => !row.closest("tfoot") && row !== row.closest("table").tHead?.rows[row.closest("table").tHead.rows.length - 2]).map(row => [...row.cells].map(cell => {
          const copy = cell.cloneNode(true);
          copy.querySelectorAll(".sr, svg").forEach(unseen => unseen.remove());
          return copy.textContent.trim();
        })))
        """;

    public static ILocator Panel(this Visitor visitor, string title) => visitor.Page.Locator("section.panel", new PageLocatorOptions
    {
        Has = visitor.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = title, Exact = true }),
    });

    /// <summary>A panel's table, or the one that a chart of it is.</summary>
    public static async Task<ShownTable> TableAsync(this ILocator panel, string kind) =>
        new((await panel.Locator("table." + kind).EvaluateAllAsync<string[][][]>(Cells))[0]);

    /// <summary>A panel's charts in their form as tables, which is asked for by the button that everybody has.</summary>
    public static async Task<IReadOnlyList<ShownTable>> AsTablesAsync(this ILocator panel)
    {
        await panel.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "As a table" }).ClickAsync();
        var tables = panel.Locator(":scope > .scroll > table.data");
        await tables.First.WaitForAsync();
        return [.. (await tables.EvaluateAllAsync<string[][][]>(Cells)).Select(rows => new ShownTable(rows))];
    }

    /// <summary>Fails unless a text is this figure: all digits of a count, a share to the last digit that is written, a word or nothing for none.</summary>
    public static void Is(string shown, double? expected, string what)
    {
        if (expected is not { } value || double.IsNaN(value))
        {
            Assert.True(shown is "" or "–" or "no data" or "not yet" or "not asked", $"{what}: '{shown}' instead of no figure");
            return;
        }

        var share = shown.EndsWith('%');
        var text = shown.TrimEnd('%').Replace(",", "", StringComparison.Ordinal);
        var bound = text.TrimStart('<', '>');
        Assert.True(double.TryParse(bound, CultureInfo.InvariantCulture, out var number), $"{what}: '{shown}' instead of {value}");
        var decimals = bound.Contains('.', StringComparison.Ordinal) ? bound.Length - bound.IndexOf('.', StringComparison.Ordinal) - 1 : 0;
        var scaled = share ? value * 100 : value;
        Assert.True(
            text.StartsWith('<') ? scaled > 0 && scaled < number
                : text.StartsWith('>') ? scaled < 100 && scaled > number
                : Math.Abs(scaled - number) <= (0.5 * Math.Pow(10, -decimals)) + 1e-9,
            $"{what}: '{shown}' instead of {value}");
    }
}

/// <summary>A table of a page.</summary>
/// <param name="Lines">Its rows, the heads first.</param>
internal sealed record ShownTable(string[][] Lines)
{
    public string[] Heads => Lines[0];

    public IReadOnlyList<string[]> Rows => Lines[1..];

    public string[] Row(string name) => Rows.FirstOrDefault(row => row[0] == name) ?? throw new InvalidOperationException($"No row '{name}' in: {string.Join(", ", Rows.Select(row => row[0]))}");

    /// <summary>The first of the columns may have the name of what they are before its own.</summary>
    public string Cell(string row, string column) => Array.FindIndex(Heads, head => head == column || head.EndsWith(" " + column, StringComparison.Ordinal)) is >= 0 and var at ? Row(row)[at]
        : throw new InvalidOperationException($"No column '{column}' in: {string.Join(", ", Heads)}");

    /// <summary>Fails unless a column has these figures from top to bottom.</summary>
    public void HasColumn(int column, IEnumerable<double?> expected)
    {
        var figures = expected.ToArray();
        Assert.NotEmpty(figures);
        Assert.Equal(figures.Length, Rows.Count);
        for (var i = 0; i < figures.Length; i++)
        {
            ShownFigures.Is(Rows[i][column], figures[i], $"{Rows[i][0]}, {Heads[column]}");
        }
    }
}
