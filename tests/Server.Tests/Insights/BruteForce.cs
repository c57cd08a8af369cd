using System.Globalization;
using Telemetry.Schema;
using Telemetry.Server.Insights.Questions;

namespace Telemetry.Server.Tests.Insights;

/// <summary>Answers by going through all reports for every figure, word by word as the words are defined.</summary>
internal sealed class BruteForce(RandomFleet fleet, IEnumerable<FleetReport> reports, DateTimeOffset now)
{
    private readonly ILookup<int, FleetReport> _byInstallation = reports.ToLookup(report => report.Installation);
    private readonly int _today = Math.Max(Server.Model.UtcDay.Of(now), reports.Any() ? reports.Max(report => report.Day) : int.MinValue);

    public int Today => _today;

    /// <summary>The members of a population on a day, with their state at its end.</summary>
    public IEnumerable<(IReadOnlyList<FleetReport> Before, FleetReport State)> Members(Question question, int day)
    {
        foreach (var installation in _byInstallation)
        {
            var before = installation.Where(report => report.Day <= day).ToList();
            if (before.Count == 0 || question.Apps?.Contains(before[0].App) == false || !Is(question, before, day))
            {
                continue;
            }

            if (question.Filters.All(filter => Passes(filter, before[^1])))
            {
                yield return (before, before[^1]);
            }
        }
    }

    /// <summary>By keys: the counts by point.</summary>
    public Dictionary<string, long[]> Counts(Question question, IReadOnlyList<Point> points)
    {
        var counts = new Dictionary<string, long[]>(StringComparer.Ordinal);
        for (var point = 0; point < points.Count; point++)
        {
            for (var day = question.CountsEvents ? points[point].Start : points[point].End; day <= points[point].End; day++)
            {
                foreach (var (_, state) in Members(question, day))
                {
                    var key = KeyOf(question, state);
                    (counts.TryGetValue(key, out var row) ? row : counts[key] = new long[points.Count])[point]++;
                }
            }
        }

        return counts;
    }

    /// <summary>By keys: what those of today tell of a field.</summary>
    public Dictionary<string, List<double>> Told(Question question, string field) => Members(question, Points(question))
        .GroupBy(member => KeyOf(question, member.State), StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Select(member => member.State.Values.GetValueOrDefault(field))
            .OfType<string>().Select(text => double.Parse(text, CultureInfo.InvariantCulture)).Order().ToList(), StringComparer.Ordinal);

    public static string KeyOf(IReadOnlyList<GroupKey> keys) =>
        string.Join('|', keys.Select(key => key.Kind == GroupKeyKind.Value ? key.Value : "<" + key.Kind + ">"));

    public bool HasField(string app, string path) =>
        path == JudgedFields.App || JudgedFields.ValuesOf(path) is not null
        || fleet.Apps.Find(app)!.Fields.Any(field => field.Path == path && field.IsDimension());

    private int Points(Question question) => question.Day ?? (question.Closed ? _today - 1 : _today);

    private string KeyOf(Question question, FleetReport state) => string.Join('|', question.GroupBy.Select(grouping =>
        grouping.Field == JudgedFields.App ? state.App
        : !HasField(state.App, grouping.Field) ? "<NotAsked>"
        : state.Values.TryGetValue(grouping.Field, out var value) ? Cut(value, grouping.VersionParts)
        : "<Unknown>"));

    private bool Passes(FieldChoice filter, FleetReport state)
    {
        if (!HasField(state.App, filter.Field))
        {
            return false;
        }

        var value = filter.Field == JudgedFields.App ? state.App : Cut(state.Values.GetValueOrDefault(filter.Field, ""), filter.VersionParts);
        return filter.Values.Contains(value) != filter.Exclude;
    }

    private static string Cut(string version, int parts) => parts == 0 ? version : string.Join('.', version.Split('.').Take(parts));

    private bool Is(Question question, List<FleetReport> before, int day)
    {
        bool Within(int days) => before.Exists(report => report.Day > day - days);
        switch (question.Activity)
        {
            case Activity.Known:
                return true;
            case Activity.Active:
                return Within(question.Window);
            case Activity.New:
                return before[0].Day == day;
            case Activity.Returned:
                var earlier = before.Where(report => report.Day < day).ToList();
                return before[^1].Day == day && earlier.Count > 0 && day - earlier[^1].Day >= 30;
            case Activity.Silent:
                return Within(30) && !Within(7);
            case Activity.Gone:
                return !Within(30);
            case Activity.OneShot when day >= _today:
                return before.Count == 1 && now.ToUnixTimeMilliseconds() - before[0].Ms >= 48 * 3_600_000L;
            case Activity.OneShot:
                return before.Select(report => report.Day).Distinct().Count() == 1 && before[0].Day <= day - 2;
            default:
                throw new InvalidOperationException();
        }
    }
}
