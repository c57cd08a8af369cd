namespace Telemetry.Server.Export;

/// <summary>What a file holds: columns, and rows as they come.</summary>
/// <param name="Columns">The columns; no two have one name.</param>
/// <param name="Rows">The rows, in pages, each held only until it is written. A row has a cell for each column.</param>
internal sealed record ExportTable(IReadOnlyList<ExportColumn> Columns, IAsyncEnumerable<IEnumerable<ExportCell[]>> Rows);

/// <summary>A column.</summary>
/// <param name="Name">Its name; of a field its path.</param>
/// <param name="Type">What its cells are.</param>
internal readonly record struct ExportColumn(string Name, ExportType Type);

internal enum ExportType
{
    Text,
    Whole,
    Decimal,
    Flag,

    /// <summary>Unix milliseconds; written as ISO 8601 in UTC.</summary>
    Moment,

    /// <summary>Days since 1970; written as ISO 8601.</summary>
    Day,

    /// <summary>A JSON object or array, as text.</summary>
    Json,
}

/// <summary>A value, as its column's type reads it; nothing for what is not known.</summary>
internal readonly struct ExportCell
{
    private ExportCell(long number, string? text)
    {
        IsKnown = true;
        Number = number;
        Text = text;
    }

    public bool IsKnown { get; }

    /// <summary>Of a whole number, flag, moment and day.</summary>
    public long Number { get; }

    /// <summary>Of a text.</summary>
    public string? Text { get; }

    public double Decimal => BitConverter.Int64BitsToDouble(Number);

    public bool Flag => Number != 0;

    public DateTime Moment => DateTime.UnixEpoch.AddMilliseconds(Number);

    public DateOnly Day => DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays((int)Number);

    public static ExportCell Of(string? text) => string.IsNullOrEmpty(text) ? default : new(0, text);

    public static ExportCell Of(long number) => new(number, null);

    /// <summary>Nothing for what is no number.</summary>
    public static ExportCell Of(double number) => double.IsFinite(number) ? new(BitConverter.DoubleToInt64Bits(number), null) : default;

    public static ExportCell Of(bool flag) => new(flag ? 1 : 0, null);
}
