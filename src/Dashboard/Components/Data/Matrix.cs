namespace Telemetry.Dashboard.Components.Data;

/// <summary>Counts by two dimensions. Rows and columns keep the order they are given in; unknown is last.</summary>
/// <param name="RowName">What the rows are: "Nextcloud".</param>
/// <param name="Cells">By row, then by column. No value means not asked, or not yet.</param>
public sealed record Matrix(
    string RowName,
    string ColumnName,
    IReadOnlyList<MatrixLabel> Rows,
    IReadOnlyList<MatrixLabel> Columns,
    IReadOnlyList<IReadOnlyList<double?>> Cells)
{
    public double RowSum(int row) => Cells[row].Sum() ?? 0;

    public double ColumnSum(int column) => Cells.Sum(row => row[column]) ?? 0;

    public double Total => Cells.Sum(row => row.Sum()) ?? 0;
}

/// <param name="Key">What a filter takes; nothing when it cannot be pressed.</param>
/// <param name="Size">Of a cohort, how many it is of.</param>
public sealed record MatrixLabel(string Name, string? Key = null, bool Unknown = false, double? Size = null);

/// <summary>A place on the map and its count.</summary>
/// <param name="Code">ISO 3166-1 alpha-2; empty for unknown and rest.</param>
public sealed record Place(string Code, string Name, double Count, double? Before = null, BarKind Kind = BarKind.Ordinary);

/// <summary>A row of an installation's timeline: runs of days with one value.</summary>
public sealed record Lane(string Name, IReadOnlyList<Run> Runs);

/// <param name="From">Index of the first day.</param>
/// <param name="To">Index of the first day after it.</param>
/// <param name="Value">Nothing means that no report came.</param>
public sealed record Run(int From, int To, string? Value);

/// <summary>One day of an installation.</summary>
public enum DayMark
{
    None,
    Report,

    /// <summary>More than one report.</summary>
    Twice,

    /// <summary>A report whose claim was refused.</summary>
    Refused,
}
