using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Model;

namespace Telemetry.Server.Insights.Questions;

/// <summary>The points in time that a question is answered for.</summary>
internal static class Points
{
    /// <param name="question">The question.</param>
    /// <param name="view">The fleet.</param>
    /// <returns>The points, and those of the time before, oldest first.</returns>
    public static (List<Point> Points, List<Point> Previous) Of(Question question, FleetView view)
    {
        var last = LastDay(question, view);
        var before = last - (question.CompareDays
            ?? (question.Days > 0 ? question.Days : question.Activity == Activity.Active ? question.Window : 1));
        var length = Math.Max(1, question.Days);
        return (Series(question, view, last, length), question.Compare ? Series(question, view, before, length) : []);
    }

    public static int LastDay(Question question, FleetView view) => question.Day ?? (question.Closed ? view.Today - 1 : view.Today);

    private static List<Point> Series(Question question, FleetView view, int last, int length)
    {
        var points = new List<Point>();
        for (var start = last - length + 1; start <= last;)
        {
            var end = Math.Min(last, question.Step switch
            {
                Step.Week => UtcDay.EndOfWeek(start),
                Step.Month => UtcDay.EndOfMonth(start),
                _ => start,
            });
            points.Add(Make(question, view, start, end));
            start = end + 1;
        }

        return points;
    }

    private static Point Make(Question question, FleetView view, int start, int end) => new(
        start, end, IsUnfinished: end >= view.Today || end >= view.RunningDay,
        IsUnknown: !view.IsKept((question.CountsEvents ? start : end) - LooksBack(question) + 1));

    /// <summary>Over how many days, with the day itself, a population looks back.</summary>
    private static int LooksBack(Question question) => question.Activity switch
    {
        Activity.Active => question.Window,
        Activity.Returned or Activity.Silent or Activity.Gone => Population.Absence,
        Activity.New => 2,
        _ => 1,
    };
}
