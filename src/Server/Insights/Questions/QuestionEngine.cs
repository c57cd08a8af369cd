using Telemetry.Server.Insights.Projection;

namespace Telemetry.Server.Insights.Questions;

/// <summary>Answers questions about the fleet.</summary>
/// <remarks>Threading: any. An answer is true for the one position at which it looked.</remarks>
internal sealed class QuestionEngine(FleetProjection projection)
{
    /// <summary>How many figures one answer may be made of: groups that can be, times points.</summary>
    public const long MaxFigures = 4_000_000;

    private readonly CountCache _cache = new();

    /// <exception cref="QuestionTooLargeException">It is about too many groups at too many points.</exception>
    public Answer Ask(Question question)
    {
        using var view = Look(question);
        return Ask(question, view);
    }

    /// <summary>What a question needs of the fleet, at the position of now.</summary>
    public FleetView Look(Question question) => projection.Look(question.Apps, new ViewNeeds(
        Grouping.DimensionsOf(question), FieldsOf(question),
        Reports: question is { Activity: Activity.OneShot, Closed: false }));

    /// <param name="question">The question.</param>
    /// <param name="view">What it needs, for this question alone.</param>
    public Answer Ask(Question question, FleetView view)
    {
        var grouping = GroupingOf(question, view);
        var (points, previous) = Points.Of(question, view);
        if ((long)grouping.Count * (points.Count + previous.Count) > MaxFigures)
        {
            throw new QuestionTooLargeException(grouping.Count, points.Count + previous.Count);
        }

        // Before the counts, which take the view's codes back to the past.
        using var measuring = FieldsOf(question) is { Count: > 0 } fields ? new Measuring(question, view, grouping, fields.Count) : null;
        var counts = Counts(question, view, grouping, points);
        var previousCounts = previous.Count > 0 ? Counts(question, view, grouping, previous) : [];
        return new Answering(question, grouping, counts, previousCounts, measuring, FieldsOf(question)).Make(view, points, previous);
    }

    private static List<string> FieldsOf(Question question) =>
        [.. question.Measures.Where(measure => measure.IsOfField).Select(measure => measure.Field).Distinct(StringComparer.Ordinal)];

    /// <summary>By point and group, what is counted: for questions that are made of others.</summary>
    public (Grouping Grouping, List<Point> Points, long[][] Counts) Count(Question question)
    {
        using var view = Look(question);
        var grouping = GroupingOf(question, view);
        var points = Points.Of(question, view).Points;
        return (grouping, points, Counts(question, view, grouping, points));
    }

    private static Grouping GroupingOf(Question question, FleetView view)
    {
        try
        {
            return new Grouping(question, view);
        }
        catch (OverflowException)
        {
            throw new QuestionTooLargeException(long.MaxValue, 1);
        }
    }

    /// <summary>Points whose days are over are looked up; the newest first, since counting takes the view to the past.</summary>
    private long[][] Counts(Question question, FleetView view, Grouping grouping, List<Point> points)
    {
        var closed = points.TakeWhile(point => !point.IsUnfinished).ToList();
        var open = points[closed.Count..];
        var key = closed.Count > 1 ? CountCache.KeyOf(question, view, grouping, closed) : null;
        if (key is not null && _cache.Find(key) is { } known)
        {
            return open.Count > 0 ? [.. known, .. Counting.Count(question, view, grouping, open)] : known;
        }

        var counts = Counting.Count(question, view, grouping, points);
        if (key is not null)
        {
            _cache.Add(key, counts[..closed.Count]);
        }

        return counts;
    }
}

/// <summary>A question is about more groups and points than one answer holds.</summary>
internal sealed class QuestionTooLargeException(long groups, int points) : Exception
{
    public long Groups => groups;

    public int PointCount => points;
}
