namespace Telemetry.Dashboard.Components.Data;

/// <summary>One value of a dimension.</summary>
/// <param name="Key">What a filter takes; nothing when the bar cannot be pressed.</param>
/// <param name="Before">The count of the period before, drawn as a mark.</param>
/// <param name="Of">What this bar's share is of, where it is not the whole.</param>
public sealed record Bar(string Name, double Count, string? Key = null, double? Before = null, double? Of = null)
{
    public BarKind Kind { get; init; }
}

public enum BarKind
{
    Ordinary,

    /// <summary>Left behind, refused: what the page warns of.</summary>
    Out,

    Rest,
    Unknown,
}
