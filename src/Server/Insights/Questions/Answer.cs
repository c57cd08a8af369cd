using Telemetry.Server.Model;

namespace Telemetry.Server.Insights.Questions;

/// <summary>An answer, true for one position.</summary>
internal sealed record Answer
{
    public required FeedPosition Position { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required int Today { get; init; }

    public required IReadOnlyList<Point> Points { get; init; }

    /// <summary>The points of the time before; empty when it was not asked for.</summary>
    public required IReadOnlyList<Point> PreviousPoints { get; init; }

    public required IReadOnlyList<Group> Groups { get; init; }

    public required Group Total { get; init; }

    /// <summary>How many groups there are without folding.</summary>
    public required int GroupCount { get; init; }
}

/// <summary>The time that one figure is of.</summary>
/// <param name="Start">Its first day.</param>
/// <param name="End">Its last day.</param>
/// <param name="IsUnfinished">Whether its figures can still change.</param>
/// <param name="IsUnknown">Whether it lies before what is kept.</param>
internal readonly record struct Point(int Start, int End, bool IsUnfinished, bool IsUnknown);

/// <summary>One group of installations.</summary>
/// <param name="Keys">Its values.</param>
/// <param name="Figures">Its figures by measure.</param>
/// <param name="Previous">Those of the time before; empty when it was not asked for.</param>
internal sealed record Group(IReadOnlyList<GroupKey> Keys, IReadOnlyList<Figures> Figures, IReadOnlyList<Figures> Previous);

/// <summary>Figures of one measure, one for each point.</summary>
/// <param name="Values">The figures; NaN where there is none.</param>
/// <param name="Known">Of how many installations each is; empty for what is counted.</param>
internal sealed record Figures(double[] Values, long[] Known);

/// <summary>A value of a dimension.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">The value; empty for the others.</param>
/// <param name="Folded">How many values it stands for.</param>
internal readonly record struct GroupKey(GroupKeyKind Kind, string Value = "", int Folded = 0)
{
    public static readonly GroupKey Unknown = new(GroupKeyKind.Unknown);
    public static readonly GroupKey NotAsked = new(GroupKeyKind.NotAsked);
}

internal enum GroupKeyKind
{
    Value,
    Rest,
    NotAsked,
    Unknown,
}
