using System.Globalization;

namespace Telemetry.Cli;

/// <summary>A table for people, aligned, and for programs, as CSV.</summary>
internal sealed class TextTable(params IEnumerable<TableColumn> columns)
{
    private readonly TableColumn[] _columns = [.. columns];
    private readonly List<TableCell[]> _rows = [];

    /// <param name="cells">One for each column.</param>
    public void Add(params TableCell[] cells) => _rows.Add(cells);

    /// <summary>A header and the rows; what holds numbers is flush right.</summary>
    public IEnumerable<string> Lines()
    {
        var widths = _columns.Select((column, i) =>
            _rows.Select(row => row[i].Text.Length).Append(column.Name.Length).Max()).ToArray();
        return _rows.Select(row => row.Select(cell => cell.Text)).Prepend(_columns.Select(column => column.Name))
            .Select(row => string.Join("  ", row.Select((text, i) =>
                _columns[i].IsNumber ? text.PadLeft(widths[i]) : text.PadRight(widths[i]))).TrimEnd());
    }

    /// <summary>RFC 4180, without bars: a line of names and the rows, with numbers as programs read them.</summary>
    public IEnumerable<string> Csv()
    {
        var kept = Enumerable.Range(0, _columns.Length).Where(i => !_columns[i].IsBar).ToList();
        return _rows.Select(row => kept.Select(i => row[i].Raw ?? row[i].Text))
            .Prepend(kept.Select(i => _columns[i].Id ?? _columns[i].Name.ToLowerInvariant().Replace(' ', '_')))
            .Select(row => string.Join(',', row.Select(Quoted)) + "\r");
    }

    private static string Quoted(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}

/// <summary>A column.</summary>
/// <param name="Name">What people read above it.</param>
/// <param name="IsNumber">Whether it is flush right.</param>
/// <param name="Id">What programs call it; its name in small letters when null.</param>
/// <param name="IsBar">Whether it is there to be looked at only.</param>
internal sealed record TableColumn(string Name, bool IsNumber = false, string? Id = null, bool IsBar = false)
{
    public static TableColumn Number(string name, string? id = null) => new(name, IsNumber: true, id);

    public static TableColumn Bar() => new("", IsBar: true);
}

/// <summary>A cell.</summary>
/// <param name="Text">For people.</param>
/// <param name="Raw">For programs; the same when null.</param>
internal readonly record struct TableCell(string Text, string? Raw = null)
{
    private const int BarWidth = 24;
    private const string Nothing = "-";

    public static implicit operator TableCell(string? text) => new(text ?? "");

    public static TableCell Count(double? number) => number is { } known && double.IsFinite(known)
        ? new(known.ToString("N0", CultureInfo.InvariantCulture), known.ToString("R", CultureInfo.InvariantCulture))
        : new(Nothing, "");

    public static TableCell Decimal(double? number) => number is { } known && double.IsFinite(known)
        ? new(known.ToString("N1", CultureInfo.InvariantCulture), known.ToString("R", CultureInfo.InvariantCulture))
        : new(Nothing, "");

    /// <param name="share">From 0 to 1.</param>
    public static TableCell Share(double? share) => share is { } known && double.IsFinite(known)
        ? new((known * 100).ToString("N1", CultureInfo.InvariantCulture) + " %", known.ToString("R", CultureInfo.InvariantCulture))
        : new(Nothing, "");

    /// <summary>How much more or less it is than before.</summary>
    public static TableCell Change(double now, double? before) => before is { } known && known > 0 && double.IsFinite(now)
        ? new(((now - known) / known * 100).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + " %",
            ((now - known) / known).ToString("R", CultureInfo.InvariantCulture))
        : new(Nothing, "");

    /// <summary>A bar as long as the figure is large; hatched for what is not known.</summary>
    public static TableCell Bar(double figure, double largest, bool isUnknown = false)
    {
        var length = largest > 0 && double.IsFinite(figure) ? (int)Math.Round(figure / largest * BarWidth) : 0;
        return new string(isUnknown ? '░' : '█', figure > 0 ? Math.Clamp(length, 1, BarWidth) : 0);
    }
}
