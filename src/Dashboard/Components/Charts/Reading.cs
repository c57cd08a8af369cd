namespace Telemetry.Dashboard.Components.Charts;

/// <summary>What one point of a chart says.</summary>
/// <param name="X">Where its line stands, in percent.</param>
/// <param name="Head">The first line of the tip.</param>
/// <param name="Sentence">The same in one sentence, for ears.</param>
public sealed record Reading(double X, string Head, IReadOnlyList<ReadingRow> Rows, IReadOnlyList<Dot> Dots, string Sentence);

/// <param name="Mark">The class of the mark before the name; empty for a sum.</param>
public sealed record ReadingRow(string Mark, string Name, string Value);
