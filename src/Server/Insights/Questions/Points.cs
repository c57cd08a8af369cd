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
        if (question.Days == 0)
        {
            var before = question.Activity == Activity.Active ? question.Window : 1;
            return ([Make(question, view, last, last)], question.Compare ? [Make(question, view, last - before, last - before)] : []);
        }

        return (
            Series(question, view, last - question.Days + 1, last),
            question.Compare ? Series(question, view, last - (2 * question.Days) + 1, last - question.Days) : []);
    }

    public static int LastDay(Question question, FleetView view) => question.Day ?? (question.Closed ? view.Today - 1 : view.Today);

    private static List<Point> Series(Question question, FleetView view, int first, int last)
    {
        var points = new List<Point>();
        for (var start = first; start <= last;)
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
