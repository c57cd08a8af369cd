using Telemetry.Schema;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.State;

/// <summary>Which installations, and in which order. What is null restricts nothing.</summary>
internal sealed record InstanceQuery
{
    /// <summary>All of them, app by app, each app's in the order of first reports.</summary>
    public static readonly InstanceQuery Everything = new();

    public IReadOnlySet<string>? Apps { get; init; }

    public IReadOnlySet<ClaimVerdict>? Verdicts { get; init; }

    public MomentRange? FirstSeen { get; init; }

    public MomentRange? LastSeen { get; init; }

    public IReadOnlyList<FieldCondition> Fields { get; init; } = [];

    public InstanceOrder Order { get; init; }

    /// <summary>Whether the largest come first; equal ones stay app by app.</summary>
    public bool Descending { get; init; }

    /// <summary>Whether every installation is selected, in the order in which they lie.</summary>
    public bool IsEverything => this is
    {
        Apps: null, Verdicts: null, FirstSeen: null, LastSeen: null, Fields.Count: 0, Order: InstanceOrder.Place,
    };

    public bool Selects(in InstanceRow row) =>
        (Verdicts is null || Verdicts.Contains(row.Claim.Verdict))
        && FirstSeen?.Contains(row.FirstSeenMs) != false
        && LastSeen?.Contains(row.LastSeenMs) != false;

    /// <summary>What the order compares; smaller ones first.</summary>
    public long RankOf(in InstanceRow row)
    {
        var value = Order switch
        {
            InstanceOrder.FirstSeen => row.FirstSeenMs,
            InstanceOrder.LastSeen => row.LastSeenMs,
            InstanceOrder.ReportCount => row.ReportCount,
            _ => 0,
        };
        return Descending ? -value : value;
    }
}

/// <summary>What a list of installations is ordered by.</summary>
internal enum InstanceOrder
{
    /// <summary>App by app, each app's in the order of first reports.</summary>
    Place,
    FirstSeen,
    LastSeen,
    ReportCount,
}

/// <summary>Selects by one field of the latest report.</summary>
/// <param name="Path">The field's path.</param>
/// <param name="Values">As <see cref="FieldValue"/> reads them; one of them must be there.</param>
/// <param name="Exclude">Whether to select what has none of them.</param>
internal sealed record FieldCondition(string Path, IReadOnlyList<string> Values, bool Exclude);

/// <summary>Where a page of a list ended.</summary>
/// <param name="Rank">What the order compared.</param>
/// <param name="App">The app's slug.</param>
/// <param name="Ordinal">The ordinal among the app's.</param>
internal readonly record struct InstancePlace(long Rank, string App, int Ordinal) : IComparable<InstancePlace>
{
    /// <summary>Before every installation.</summary>
    public static readonly InstancePlace Start = new(long.MinValue, "", -1);

    public int CompareTo(InstancePlace other) =>
        Rank != other.Rank ? Rank.CompareTo(other.Rank)
        : string.CompareOrdinal(App, other.App) is var app and not 0 ? app
        : Ordinal.CompareTo(other.Ordinal);
}

/// <summary>A page of installations.</summary>
/// <param name="States">The installations.</param>
/// <param name="End">Where to go on; null when there are no more.</param>
/// <param name="Total">How many the query selects.</param>
internal sealed record InstancePage(IReadOnlyList<InstanceState> States, InstancePlace? End, int Total);
