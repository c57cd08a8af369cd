namespace Telemetry.Dashboard.Components.Data;

/// <summary>One line, layer or column of a chart. No value means no data, which is neither zero nor bridged.</summary>
public sealed record Series(string Name, IReadOnlyList<double?> Values)
{
    public SeriesKind Kind { get; init; }

    /// <summary>1 to 6, to keep a color across pages; else colors follow the order of the series.</summary>
    public int? Color { get; init; }

    /// <summary>The same of the period before, of equal length.</summary>
    public IReadOnlyList<double?>? Before { get; init; }

    public static Series Of(string name, IEnumerable<double> values) => new(name, [.. values.Select(v => (double?)v)]);
}

public enum SeriesKind
{
    Category,

    /// <summary>What other series are compared with, in grey.</summary>
    Context,

    /// <summary>The values that are folded into one; its name says how many.</summary>
    Rest,

    /// <summary>Hatched, and always last.</summary>
    Unknown,
}

/// <summary>A word at a point of time: a release, a restart, a reason.</summary>
public sealed record Note(int Index, string Text);

/// <summary>A horizontal line with a meaning: half, nine in ten, an even spread.</summary>
public sealed record Level(double Value, string Text);
