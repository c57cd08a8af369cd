using Telemetry.Schema;

namespace Telemetry.Server.Insights.Questions;

/// <summary>A question about the fleet, checked.</summary>
internal sealed record Question
{
    /// <summary>Of these apps; null for all.</summary>
    public IReadOnlySet<string>? Apps { get; init; }

    public Activity Activity { get; init; } = Activity.Active;

    /// <summary>How many days an active one looks back over.</summary>
    public int Window { get; init; } = 7;

    public IReadOnlyList<FieldChoice> Filters { get; init; } = [];

    public IReadOnlyList<FieldGrouping> GroupBy { get; init; } = [];

    public IReadOnlyList<Measure> Measures { get; init; } = [Measure.Count];

    /// <summary>The last day; null for the running one.</summary>
    public int? Day { get; init; }

    /// <summary>Whether the last day that is over takes the running day's place.</summary>
    public bool Closed { get; init; }

    /// <summary>How many days a series has; 0 for none.</summary>
    public int Days { get; init; }

    public Step Step { get; init; }

    /// <summary>How many groups at most.</summary>
    public int Top { get; init; } = MaxGroups;

    /// <summary>Whether groups stand in their dimension's own order; else the largest first.</summary>
    public bool InOwnOrder { get; init; }

    /// <summary>Whether the time before is answered for too.</summary>
    public bool Compare { get; init; }

    /// <summary>How many days earlier that time is; null for a series' length, and for a day the window's.</summary>
    public int? CompareDays { get; init; }

    public const int MaxGroups = 1_000;

    /// <summary>Whether a point's figures are sums over its days; else they are those of its last day.</summary>
    public bool CountsEvents => Activity is Activity.New or Activity.Returned;
}

/// <summary>What an installation is on a day; numbered as the contract numbers them.</summary>
internal enum Activity : byte
{
    None = 0,
    Known = 1,
    Active = 2,
    New = 3,
    Returned = 4,
    Silent = 5,
    Gone = 6,
    OneShot = 7,
}

/// <summary>How far apart the points of a series are; numbered as the contract numbers them.</summary>
internal enum Step : byte
{
    None = 0,
    Day = 1,
    Week = 2,
    Month = 3,
}

/// <summary>Selects by one field.</summary>
/// <param name="Field">Its path.</param>
/// <param name="Values">The values; an empty one for what was not reported.</param>
/// <param name="Exclude">Whether to select what has none of them.</param>
/// <param name="VersionParts">How many numbers of a version are compared; 0 for all of it.</param>
internal sealed record FieldChoice(string Field, IReadOnlySet<string> Values, bool Exclude, int VersionParts)
{
    public bool Selects(string value) => Values.Contains(VersionOrder.Cut(value, VersionParts)) != Exclude;
}

/// <summary>Tells installations apart by one field.</summary>
/// <param name="Field">Its path.</param>
/// <param name="VersionParts">How many numbers of a version are told apart; 0 for all of it.</param>
/// <param name="Order">The order of its values.</param>
internal sealed record FieldGrouping(string Field, int VersionParts, IComparer<string> Order);

/// <summary>What is computed.</summary>
/// <param name="Kind">What.</param>
/// <param name="Field">Of which field; empty for what is counted.</param>
/// <param name="Percentile">Which, 1 to 100.</param>
internal sealed record Measure(MeasureKind Kind, string Field = "", int Percentile = 0)
{
    public static readonly Measure Count = new(MeasureKind.Count);

    public bool IsOfField => Kind is MeasureKind.Sum or MeasureKind.Mean or MeasureKind.Percentile;
}

/// <summary>What is computed; numbered as the contract numbers them.</summary>
internal enum MeasureKind : byte
{
    None = 0,
    Count = 1,
    Share = 2,
    CumulativeShare = 3,
    Sum = 4,
    Mean = 5,
    Percentile = 6,
}
