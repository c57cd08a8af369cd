using System.Text;
using Telemetry.Dashboard.Components.Data;

namespace Telemetry.Dashboard.Components.Export;

/// <summary>Figures as a file: RFC 4180, plain numbers with a point, ISO days, and an empty field for no data.</summary>
public static class Csv
{
    public static string Of(ChartTable table)
    {
        var text = new StringBuilder();
        text.AppendJoin(',', table.Columns.Select(column => Field(column.Name))).Append("\r\n");
        foreach (var row in table.Rows)
        {
            text.AppendJoin(',', row.Select((cell, i) => table.Columns[i].Numeric ? Quoted(cell.Raw) : Field(cell.Raw))).Append("\r\n");
        }
        return text.ToString();
    }

    /// <summary>A spreadsheet would run a value that starts like a formula, and values are written by strangers: it gets a quote.</summary>
    private static string Field(string value) =>
        Quoted(value is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + value : value);

    private static string Quoted(string value) =>
        value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
