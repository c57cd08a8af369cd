using Telemetry.Schema;
using Telemetry.Schema.Kinds;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Model;

namespace Telemetry.Server.Insights.Questions;

/// <summary>How complete and how plausible what is reported is.</summary>
internal sealed class QualityEngine(FleetProjection projection, QuestionEngine engine)
{
    /// <summary>So many steps back to an older version within 30 days are no person's doing.</summary>
    private const int CloneSteps = 3;

    private const int CloneDays = 30;
    private const int OneShotDays = 30;
    private const int MaxClones = 100;

    /// <param name="slugs">The apps; null for all.</param>
    /// <param name="schemas">Their schemas.</param>
    /// <param name="days">How many days that are over it looks back over.</param>
    public Quality Of(IReadOnlySet<string>? slugs, IReadOnlyList<ReportSchema> schemas, int days)
    {
        using var view = projection.Look(slugs, new ViewNeeds([], [], Reports: true));
        var last = view.Today - 1;
        var hours = new long[24];
        var oneShots = new long[OneShotDays];
        foreach (var chunk in view.Apps.SelectMany(app => app.Chunks))
        {
            AddHours(chunk, last, days, hours);
            AddOneShots(chunk, view.Today, oneShots);
        }

        var closed = new Question { Apps = slugs, Day = last };
        var installations = engine.Ask(closed);
        var sources = engine.Ask(closed with { GroupBy = [new FieldGrouping(JudgedFields.CountrySource, 0, StringComparer.Ordinal)] });
        return new Quality(
            view.Position, view.Time, hours, oneShots,
            (long)installations.Total.Figures[0].Values[0],
            (long)sources.Groups.Where(group => group.Keys[0].Value.EndsWith("TIMEZONE", StringComparison.Ordinal)).Sum(group => group.Figures[0].Values[0]),
            CoverageOf(closed, schemas), ClonesOf(slugs, view.Today));
    }

    private static void AddHours(ChunkView chunk, int last, int days, long[] hours)
    {
        for (var day = last; day > last - days; day--)
        {
            var counts = chunk.HoursOn(day);
            for (var hour = 0; hour < counts.Length; hour++)
            {
                hours[hour] += counts[hour];
            }
        }
    }

    /// <summary>By the day of their only report, the oldest first.</summary>
    private static void AddOneShots(ChunkView chunk, int today, long[] byDay)
    {
        var mask = new ulong[chunk.Words];
        new Population(chunk, today).Of(Activity.OneShot, 0, today, mask);
        for (var i = 0; i < byDay.Length; i++)
        {
            var day = today - byDay.Length + 1 + i;
            byDay[i] += Masks.CountOfBoth(mask, chunk.Bits(day));
        }
    }

    /// <summary>By field and app: how many tell it. Of closed days, so that many questions are about one state.</summary>
    private List<Coverage> CoverageOf(Question closed, IReadOnlyList<ReportSchema> schemas)
    {
        var coverage = new List<Coverage>();
        foreach (var field in schemas.SelectMany(schema => schema.Fields.Where(field => field.IsDimension() && field.Kind is not LabelKind))
            .DistinctBy(field => field.Path))
        {
            var answer = engine.Ask(closed with
            {
                GroupBy = [new FieldGrouping(JudgedFields.App, 0, StringComparer.Ordinal), new FieldGrouping(field.Path, 1, StringComparer.Ordinal)],
                Top = Question.MaxGroups,
            });
            coverage.AddRange(answer.Groups.Where(group => group.Keys[0].Kind == GroupKeyKind.Value && group.Keys[1].Kind != GroupKeyKind.NotAsked)
                .GroupBy(group => group.Keys[0].Value, StringComparer.Ordinal)
                .Select(app => new Coverage(
                    field.Path, app.Key,
                    (long)app.Where(group => group.Keys[1].Kind != GroupKeyKind.Unknown).Sum(group => group.Figures[0].Values[0]),
                    (long)app.Sum(group => group.Figures[0].Values[0]))));
        }

        return coverage;
    }

    private List<PossibleClone> ClonesOf(IReadOnlySet<string>? slugs, int today) => projection.Read((apps, _) =>
        apps.Where(app => slugs?.Contains(app.App) != false)
            .SelectMany(app => app.Chunks.SelectMany(chunk => StepsBack(chunk, today)
                .GroupBy(ordinal => ordinal).Where(group => group.Count() >= CloneSteps && !chunk.IsErased(group.Key))
                .Select(group => new PossibleClone(chunk.IdOf(group.Key), app.App, group.Count()))))
            .OrderByDescending(clone => clone.StepsBack).ThenBy(clone => clone.Instance.Value).Take(MaxClones).ToList());

    private static IEnumerable<ushort> StepsBack(Chunk chunk, int today)
    {
        var closed = chunk.Closed;
        for (var at = Math.Max(0, today - CloneDays + 1 - chunk.FirstDay); at < closed.Length; at++)
        {
            foreach (var ordinal in closed.Span[at]?.StepsBack ?? [])
            {
                yield return ordinal;
            }
        }

        foreach (var ordinal in chunk.Running.StepsBack)
        {
            yield return ordinal;
        }
    }
}

/// <summary>How good the data is; see the contract.</summary>
internal sealed record Quality(
    FeedPosition Position, DateTimeOffset Time, long[] Hours, long[] OneShots, long Installations, long CountryDerived,
    IReadOnlyList<Coverage> Coverage, IReadOnlyList<PossibleClone> Clones);

/// <summary>How many of an app's installations tell a field.</summary>
internal sealed record Coverage(string Field, string App, long Known, long Installations);

/// <summary>An installation that looks like several.</summary>
internal sealed record PossibleClone(InstanceId Instance, string App, int StepsBack);
