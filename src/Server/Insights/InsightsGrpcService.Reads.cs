using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Schema;
using Telemetry.Server.Access;
using Telemetry.Server.Audit;
using Telemetry.Server.Insights.Questions;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Insights;

internal sealed partial class InsightsGrpcService
{
    private const int DefaultCompareDays = 30;
    private const int MaxCompareDays = 730;
    private const int DefaultReleaseDays = 60;
    private const int MaxReleaseDays = 365;
    private const int DefaultMonths = 12;
    private const int MaxMonths = 24;
    private const int DefaultTimeline = 400;
    private const int DefaultQualityDays = 7;
    private const int MaxQualityDays = 90;

    public override async Task<Wire.GetOverviewResponse> GetOverview(Wire.GetOverviewRequest request, ServerCallContext context)
    {
        var slugs = questions.Slugs("apps", request.Apps);
        var filters = questions.Filters("filters", request.Filters, slugs);
        var (day, compareDays) = (questions.Day("day", request.Day), Limited("compare_days", request.CompareDays, DefaultCompareDays, MaxCompareDays));
        await fleet.UpToNowAsync(context.CancellationToken).ConfigureAwait(false);
        var (view, on, counts) = overview.At(slugs, filters, day, compareDays);
        var newest = counts.ToDictionary(app => app.App, app => NewestOf(app.App, filters, on), StringComparer.Ordinal);
        return new Wire.GetOverviewResponse
        {
            Position = StoredMessages.ToWire(view.Position),
            Time = Timestamp.FromDateTimeOffset(view.Time),
            Day = AnswerMapper.ToDate(on),
            Figures = FiguresOf(counts.DefaultIfEmpty(new AppCounts("", new FleetCounts(), null, 0, 0, 0)).Aggregate(OverviewEngine.Sum)),
            Apps =
            {
                counts.OrderByDescending(app => app.Counts.Active7).ThenBy(app => app.App, StringComparer.Ordinal).Select(app => new Wire.AppFigures
                {
                    App = app.App,
                    DisplayName = apps.Find(app.App)?.Policy?.DisplayName ?? app.App,
                    Figures = FiguresOf(app),
                    NewestVersion = newest[app.App].Version,
                    OnNewestVersion = (ulong)newest[app.App].Installations,
                }),
            },
            Attention = { attention.At(slugs, filters, on) },
        };
    }

    public override async Task<Wire.GetReleasesResponse> GetReleases(Wire.GetReleasesRequest request, ServerCallContext context)
    {
        var schema = apps.Find(request.App) ?? throw RpcErrors.InvalidField("app", apps.Rule);
        var filters = questions.Filters("filters", request.Filters, new HashSet<string>(StringComparer.Ordinal) { schema.App });
        var (day, days) = (questions.Day("day", request.Day), Limited("days", request.Days, DefaultReleaseDays, MaxReleaseDays));
        await fleet.UpToNowAsync(context.CancellationToken).ConfigureAwait(false);
        var found = releases.Of(schema, filters, day, days);
        return new Wire.GetReleasesResponse
        {
            Position = StoredMessages.ToWire(found.View.Position),
            Time = Timestamp.FromDateTimeOffset(found.View.Time),
            Day = AnswerMapper.ToDate(found.Day),
            Installations = (ulong)found.Installations,
            Unknown = (ulong)found.Unknown,
            Releases = { found.All.Select(ToWire) },
            Behind =
            {
                found.Behind.Select(reason => new Wire.BehindReason
                {
                    Field = reason.Field, Needed = reason.Needed, Has = reason.Has, Installations = (ulong)reason.Installations,
                }),
            },
            Downgrades = { found.Downgrades.Select(step => new Wire.Downgrade { From = step.From, To = step.To, Count = (ulong)step.Count }) },
        };
    }

    public override async Task<Wire.GetCohortsResponse> GetCohorts(Wire.GetCohortsRequest request, ServerCallContext context)
    {
        var slugs = questions.Slugs("apps", request.Apps);
        var filters = questions.Filters("filters", request.Filters, slugs);
        var months = Limited("months", request.Months, DefaultMonths, MaxMonths);
        await fleet.UpToNowAsync(context.CancellationToken).ConfigureAwait(false);
        var (view, found) = cohorts.Of(slugs, filters, months);
        return new Wire.GetCohortsResponse
        {
            Position = StoredMessages.ToWire(view.Position),
            Time = Timestamp.FromDateTimeOffset(view.Time),
            Cohorts =
            {
                found.Select(cohort => new Wire.Cohort
                {
                    Month = AnswerMapper.ToDate(cohort.Month),
                    Installations = (ulong)cohort.Installations,
                    Survival = { cohort.Survival.Select(look => new Wire.Survival { Eligible = (ulong)look.Eligible, Active = (ulong)look.Active }) },
                }),
            },
        };
    }

    public override async Task<Wire.GetTimelineResponse> GetTimeline(Wire.GetTimelineRequest request, ServerCallContext context)
    {
        if (!InstanceId.TryParse(request.InstanceId, out var instance))
        {
            throw RpcErrors.InvalidField("instance_id", "must be 32 hexadecimal digits, as ListInstances shows them");
        }

        var days = Limited("days", request.Days, DefaultTimeline, QuestionQueryReader.MaxDays);
        var app = Paging.App(apps, request.App) ?? OnlyAppOf(instance, context.Grant());
        await fleet.UpToNowAsync(context.CancellationToken).ConfigureAwait(false);
        var found = timelines.Of(instance, app, days) ?? throw RpcErrors.NotFound("This installation never reported this app here.");
        context.Audit().On(AuditSubjectKind.Instance, pseudonyms.OfAudited(instance)).HandsOut(found.Reported.Count(reported => reported));
        return new Wire.GetTimelineResponse
        {
            Position = StoredMessages.ToWire(found.Position),
            Time = Timestamp.FromDateTimeOffset(found.Time),
            App = app,
            Start = AnswerMapper.ToDate(found.Start),
            Reported = { found.Reported },
            Lanes = { found.Lanes.Select(lane => new Wire.Lane { Field = lane.Field, Runs = { lane.Runs.Select(ToWire) } }) },
        };
    }

    public override async Task<Wire.GetDataQualityResponse> GetDataQuality(Wire.GetDataQualityRequest request, ServerCallContext context)
    {
        var slugs = questions.Slugs("apps", request.Apps);
        var days = Limited("days", request.Days, DefaultQualityDays, MaxQualityDays);
        await fleet.UpToNowAsync(context.CancellationToken).ConfigureAwait(false);
        var found = quality.Of(slugs, FieldFilterQueryReader.SchemasOf(apps, slugs), days);
        return new Wire.GetDataQualityResponse
        {
            Position = StoredMessages.ToWire(found.Position),
            Time = Timestamp.FromDateTimeOffset(found.Time),
            Accepted = (ulong)found.Hours.Sum(),
            // A rule that a report broke is known without its app.
            Refused = { (context.Grant().IsLimited ? [] : refused.All).Select(rule => new Wire.RefusedByRule { Field = rule.Field, Rule = rule.Rule, Reports = (ulong)rule.Reports }) },
            RefusedSince = Timestamp.FromDateTimeOffset(refused.Since),
            Hours = { found.Hours.Select(count => (ulong)count) },
            Coverage =
            {
                found.Coverage.Select(item => new Wire.Coverage
                {
                    Field = item.Field, App = item.App, Known = (ulong)item.Known, Installations = (ulong)item.Installations,
                }),
            },
            OneShots = { found.OneShots.Select(count => (ulong)count) },
            Clones =
            {
                found.Clones.Select(clone => new Wire.PossibleClone
                {
                    InstanceId = clone.Instance.ToString(), App = clone.App, Field = "app_version", Returns = (uint)clone.StepsBack,
                }),
            },
            CountryDerived = (ulong)found.CountryDerived,
            Installations = (ulong)found.Installations,
        };
    }

    private static int Limited(string field, uint value, int standard, int most) =>
        value == 0 ? standard : value <= most ? (int)value : throw RpcErrors.InvalidField(field, $"must be at most {most}");

    private (string Version, long Installations) NewestOf(string app, IReadOnlyList<FieldChoice> filters, int day)
    {
        var found = releases.Of(apps.OfStored(app), filters, day, 1);
        var newest = found.All.FirstOrDefault(release => release.Installations > 0 && release.Installations * 1_000 >= found.Installations);
        return (newest?.Version ?? "", newest?.Installations ?? 0);
    }

    private string OnlyAppOf(InstanceId instance, Grant grant)
    {
        var states = store.FindInstances(instance).Where(state => grant.Covers(state.Schema.App)).ToList();
        return states.Count switch
        {
            0 => throw RpcErrors.NotFound("This installation never reported here."),
            1 => states[0].Schema.App,
            _ => throw RpcErrors.InvalidField("app", "is required: the installation has " + string.Join(", ", states.Select(state => state.Schema.App))),
        };
    }

    private static Wire.FleetFigures FiguresOf(AppCounts app) => new()
    {
        Active1 = AnswerMapper.Compared(app.Counts.Active1, app.Before?.Active1),
        Active7 = AnswerMapper.Compared(app.Counts.Active7, app.Before?.Active7),
        Active30 = AnswerMapper.Compared(app.Counts.Active30, app.Before?.Active30),
        New = AnswerMapper.Compared(app.Counts.New, app.Before?.New),
        Returned = AnswerMapper.Compared(app.Counts.Returned, app.Before?.Returned),
        Silent = AnswerMapper.Compared(app.Counts.Silent, app.Before?.Silent),
        Gone = AnswerMapper.Compared(app.Counts.Gone, app.Before?.Gone),
        Lost = AnswerMapper.Compared(app.Counts.Lost, app.Before?.Lost),
        Known = AnswerMapper.Compared(app.Counts.Known, app.Before?.Known),
        OneShots = AnswerMapper.Compared(app.Counts.OneShots, app.Before?.OneShots),
        VersionChanges = AnswerMapper.Compared(app.Counts.VersionChanges, app.Before?.VersionChanges),
        People = (ulong)UInt128.Min(app.People, ulong.MaxValue),
        PeopleUnknown = (ulong)app.PeopleUnknown,
        NewPerDay = app.NewInWeekBefore / 7.0,
    };

    private static Wire.Release ToWire(Release release)
    {
        var message = new Wire.Release
        {
            Version = release.Version,
            FirstSeen = AnswerMapper.ToDate(release.FirstSeen),
            Installations = (ulong)release.Installations,
            Adoption = { release.Adoption },
            Share = { release.Share },
            WentBack = (ulong)release.WentBack,
            OlderThanKept = release.IsOlderThanKept,
        };
        if (release.DaysToHalf is { } half)
        {
            message.DaysToHalf = (uint)half;
        }

        if (release.DaysToNinetyPercent is { } ninety)
        {
            message.DaysToNinetyPercent = (uint)ninety;
        }

        return message;
    }

    private static Wire.Run ToWire(Run run)
    {
        var message = new Wire.Run { Start = AnswerMapper.ToDate(run.Start), End = AnswerMapper.ToDate(run.End) };
        if (run.Value is not null)
        {
            message.Value = run.Value;
        }

        return message;
    }
}
