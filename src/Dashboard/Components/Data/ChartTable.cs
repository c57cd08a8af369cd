namespace Telemetry.Dashboard.Components.Data;

/// <summary>A chart as a table: what its table form shows and what its CSV file holds.</summary>
/// <param name="Caption">What the table is of.</param>
public sealed record ChartTable(string Caption, IReadOnlyList<ChartColumn> Columns, IReadOnlyList<IReadOnlyList<Cell>> Rows);

public sealed record ChartColumn(string Name, bool Numeric = true);

/// <param name="Text">As it is written for people.</param>
/// <param name="Raw">As it is written to a file: a plain number, an ISO day, an empty field for no data.</param>
public readonly record struct Cell(string Text, string Raw);
