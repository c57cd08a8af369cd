using Microsoft.AspNetCore.Components;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Access;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Shell;

namespace Telemetry.Dashboard.Pages;

/// <summary>One installation: its days, its values over time, and what changed from report to report.</summary>
public sealed partial class Installation : Page
{
    private const int ReportsAtOnce = 50;

    private readonly List<StoredReport> _reports = [];
    private Question<GetInstanceRequest, GetInstanceResponse> _found = null!;
    private Question<GetTimelineRequest, GetTimelineResponse> _days = null!;
    private Question<GetAppRequest, GetAppResponse> _app = null!;
    private ReportContract? _contract;
    private GetInstanceResponse? _shown;
    private string _next = "";
    private bool _copied, _reading;

    [Parameter]
    public string Pseudonym { get; set; } = "";

    [Inject]
    private Browser Browser { get; set; } = null!;

    /// <summary>One report, and how it differs from the one before.</summary>
    private sealed record StoryStep(DateTimeOffset Time, bool IsFirst, IReadOnlyList<(string Path, string? Before, string? After)> Changes);

    private string ShortId => Pseudonym.Length > 8 ? Pseudonym[..8] : Pseudonym;

    private string Heading => _found.Answer?.Instance is { } instance ? $"{ShortId} · {Names.Value("app", instance.App)} {instance.AppVersion}" : ShortId;

    private string Sentence
    {
        get
        {
            if (_found.Answer?.Instance is not { } instance)
            {
                return _found.Failure?.Code == Grpc.Core.StatusCode.NotFound
                    ? Say("No installation with this pseudonym ever reported here.", "Eine Installation mit diesem Pseudonym hat hier nie berichtet.") : "";
            }

            var since = Formats.LongDay(Moments.DayOf(instance.FirstSeen.ToDateTimeOffset()), year: true);
            var text = Say($"First seen on {since}.", $"Zuerst gesehen am {since}.");
            if (_days.Answer is { } days)
            {
                var versions = days.Lanes.FirstOrDefault(lane => lane.Field == "app_version")?.Runs.Select(run => run.Value).Where(value => value.Length > 0).ToArray() ?? [];
                var changes = Enumerable.Range(1, Math.Max(0, versions.Length - 1)).Count(i => versions[i] != versions[i - 1]);
                var with = days.Reported.Count(day => day);
                text += " " + Say($"It reported on **{with} of {Formats.Days(days.Reported.Count)}**", $"Berichte an **{with} von {Formats.Count(days.Reported.Count)} Tagen**")
                    + (changes == 0 ? Say(" and kept its version.", ", ohne Versionswechsel.")
                        : Say(" and changed its version ", ", ") + Words.Count(changes, ("time.", "times."), ("Versionswechsel.", "Versionswechsel.")));
            }

            return text;
        }
    }

    private IReadOnlyList<ReportField> Latest => _reports.Count == 0 ? [] : FieldsOf(_reports[0]);

    private IEnumerable<Contracts.V1.Lane> Told => (_days.Answer?.Lanes ?? []).Where(lane => lane.Runs.Any(run => run.HasValue));

    /// <summary>Versions, and what changed: a block that never ends says no more than the state does.</summary>
    private IReadOnlyList<Components.Data.Lane> Lanes => _days.Answer is not { } days ? [] :
        [.. Told.Where(Moves).Select(lane => new Components.Data.Lane(NameOf(lane.Field), RunsOf(lane, days.Start.ToDay(), days.Reported, value => Names.Value(lane.Field, value))))];

    private int Constant => Told.Count(lane => !Moves(lane));

    private static bool Moves(Contracts.V1.Lane lane) => lane.Field.EndsWith("version", StringComparison.Ordinal) || lane.Runs.Select(run => run.Value).Distinct().Count() > 1;

    private Axis DayAxis => Axis.Days(Words, _days.Answer!.Start.ToDay(), _days.Answer.Reported.Count);

    private IReadOnlyList<DayMark> Marks => _days.Answer is { } days ? [.. days.Reported.Select(reported => reported ? DayMark.Report : DayMark.None)] : [];

    private IEnumerable<StoryStep> Story
    {
        get
        {
            for (var i = 0; i < _reports.Count; i++)
            {
                var isLast = i == _reports.Count - 1;
                if (isLast && _next.Length > 0)
                {
                    // What it changed is known with the report before it.
                    yield break;
                }

                yield return new(_reports[i].AcceptedAt.ToDateTimeOffset(), isLast,
                    isLast ? [] : [.. ReportFields.Differences(FieldsOf(_reports[i + 1]), FieldsOf(_reports[i]))]);
            }
        }
    }

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _found = Ask<GetInstanceRequest, GetInstanceResponse>(Fleet.Admin.GetInstanceAsync);
        _days = Ask<GetTimelineRequest, GetTimelineResponse>(Fleet.Insights.GetTimelineAsync);
        _app = Ask<GetAppRequest, GetAppResponse>(Fleet.Apps.GetAppAsync);
    }

    protected override Task AskAsync()
    {
        var app = View.App ?? "";
        return Task.WhenAll(
            _found.AskAsync(new GetInstanceRequest { InstanceId = Pseudonym, App = app, HistoryPageSize = ReportsAtOnce }),
            _days.AskAsync(new GetTimelineRequest { InstanceId = Pseudonym, App = app }));
    }

    protected override void Answered()
    {
        if (_found.Answer is { } found && found != _shown)
        {
            _shown = found;
            _reports.Clear();
            _reports.AddRange(found.History);
            _next = found.NextHistoryPageToken;
            _ = _app.AskAsync(new GetAppRequest { App = found.Instance.App });
        }

        if (_contract is null && _app.Answer is { } app)
        {
            _contract = ReportContract.Of(app);
        }
    }

    private static IReadOnlyList<Components.Data.Run> RunsOf(Contracts.V1.Lane lane, DateOnly start, IList<bool> reported, Func<string, string> nameOf)
    {
        var runs = new List<Components.Data.Run>();
        foreach (var run in lane.Runs)
        {
            var (from, to) = (run.Start.ToDay().DayNumber - start.DayNumber, run.End.ToDay().DayNumber - start.DayNumber + 1);
            // A value is known from its report to the next one; more than a week without any is a gap.
            for (var day = from; day < to;)
            {
                var quiet = day;
                while (quiet < to && !reported[quiet])
                {
                    quiet++;
                }

                var isGap = quiet - day >= 7;
                var end = isGap ? quiet : NextGap(reported, day, to);
                runs.Add(new(day, end, isGap ? null : nameOf(run.HasValue ? run.Value : "")));
                day = end;
            }
        }

        return runs;
    }

    /// <summary>Where the next week without a report begins, or the end.</summary>
    private static int NextGap(IList<bool> reported, int from, int to)
    {
        for (var day = from; day < to; day++)
        {
            var quiet = day;
            while (quiet < to && !reported[quiet])
            {
                quiet++;
            }

            if (quiet - day >= 7 && day > from)
            {
                return day;
            }

            day = Math.Max(day, quiet - 1);
        }

        return to;
    }

    private IReadOnlyList<ReportField> FieldsOf(StoredReport report) =>
        [.. ReportFields.Of(report.Report, _contract).Where(field => field.Path is not ("report_id" or "app")), new("verdict", "CLAIM_VERDICT_" + Enums.NameOf(report.Verdict))];

    private string NameOf(string path) =>
        path.IndexOf('[', StringComparison.Ordinal) is var bracket and > 0 ? $"{Names.Field(path[..bracket])}: {path[(bracket + 1)..^1]}" : Names.Field(path);

    private async Task OlderAsync()
    {
        _reading = true;
        try
        {
            var older = await Fleet.AskAsync(Fleet.Admin.GetInstanceAsync, new GetInstanceRequest
            {
                InstanceId = Pseudonym,
                App = _found.Answer!.Instance.App,
                HistoryPageSize = ReportsAtOnce,
                HistoryPageToken = _next,
            }, default);
            _reports.AddRange(older.History);
            _next = older.NextHistoryPageToken;
        }
        catch (Grpc.Core.RpcException)
        {
            // The button stays: it can be pressed again.
        }

        _reading = false;
    }

    private async Task CopyAsync() => _copied = await Browser.CopyAsync(Pseudonym);
}
