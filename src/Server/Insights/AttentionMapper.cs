using Telemetry.Schema;
using Telemetry.Server.Insights.Questions;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Insights;

/// <summary>Finds what needs a person. An entry leaves when its cause is gone.</summary>
internal sealed class AttentionMapper(
    AppRegistry apps, ReleaseEngine releases, QuestionEngine engine, LicenseBook licenses, ITelemetryStore store, TimeProvider time)
{
    /// <summary>How old a release must be before its pace says anything.</summary>
    private const int SettlingDays = 7;

    /// <summary>A release that is older than this is not news.</summary>
    private const int NewsDays = 60;

    /// <summary>Of an app with fewer installations, a share says nothing.</summary>
    private const int FewInstallations = 20;

    private const double HalfPace = 0.5;
    private const int LicenseDays = 14;
    private const double FullDisk = 0.7;
    private const double VeryFullDisk = 0.9;
    private const int SoonFull = 30;

    public IReadOnlyList<Wire.Attention> At(IReadOnlySet<string>? slugs, IReadOnlyList<FieldChoice> filters, int day)
    {
        var found = new List<Wire.Attention>();
        foreach (var schema in FieldFilterQueryReader.SchemasOf(apps, slugs))
        {
            AddReleases(releases.Of(schema, filters, day, NewsDays), schema.App, found);
        }

        AddClaims(slugs, filters, day, found);
        AddLicenses(slugs, found);
        AddDisk(found);
        return [.. found.OrderByDescending(item => item.Severity)];
    }

    private static void AddReleases(Releases of, string app, List<Wire.Attention> found)
    {
        var spread = of.All.Where(release => !release.Version.Any(char.IsAsciiLetter) && !release.IsOlderThanKept).ToList();
        if (of.Installations < FewInstallations || spread.Count == 0)
        {
            return;
        }

        var newest = spread[0];
        var days = of.Day - newest.FirstSeen;
        if (spread.Count > 1 && days is >= SettlingDays and < NewsDays && spread[1].Adoption.Length > days
            && newest.Adoption[days] < HalfPace * spread[1].Adoption[days])
        {
            found.Add(new Wire.Attention
            {
                Severity = Wire.Attention.Types.Severity.Problem,
                StallingRelease = new Wire.StallingRelease
                {
                    App = app,
                    Version = newest.Version,
                    Days = (uint)days,
                    Share = newest.Adoption[days],
                    EarlierVersion = spread[1].Version,
                    EarlierShare = spread[1].Adoption[days],
                },
            });
        }

        var holding = of.Behind.Where(reason => reason.Has.Length > 0).MaxBy(reason => reason.Installations);
        if (days < NewsDays && holding is not null && holding.Installations * FewInstallations >= of.Installations)
        {
            found.Add(new Wire.Attention
            {
                Severity = Wire.Attention.Types.Severity.Warning,
                HoldingPlatform = new Wire.HoldingPlatform
                {
                    App = app,
                    Version = newest.Version,
                    Field = holding.Field,
                    Value = holding.Has,
                    Installations = (ulong)holding.Installations,
                },
            });
        }
    }

    private void AddClaims(IReadOnlySet<string>? slugs, IReadOnlyList<FieldChoice> filters, int day, List<Wire.Attention> found)
    {
        var refused = JudgedFields.ValuesOf(JudgedFields.Verdict)!.NameOf((int)ClaimVerdict.Refused)!;
        var question = new Question
        {
            Apps = slugs,
            Window = 1,
            Day = day,
            Filters = [.. filters, new FieldChoice(JudgedFields.Verdict, new HashSet<string> { refused }, Exclude: false, VersionParts: 0)],
            GroupBy = [new FieldGrouping(JudgedFields.ClaimReason, 0, StringComparer.Ordinal)],
        };
        var answer = engine.Ask(question);
        var count = (ulong)answer.Total.Figures[0].Values[0];
        if (count == 0)
        {
            return;
        }

        var before = engine.Ask(question with { GroupBy = [], Day = day - 1, Days = 7, Step = Step.Day }).Total.Figures[0].Values.Where(value => !double.IsNaN(value)).DefaultIfEmpty(0).Average();
        var most = answer.Groups[0];
        found.Add(new Wire.Attention
        {
            Severity = count > 2 * before ? Wire.Attention.Types.Severity.Problem : Wire.Attention.Types.Severity.Notice,
            ClaimRefusals = new Wire.ClaimRefusals
            {
                Installations = count,
                Reason = (Wire.LicenseVerdict)(JudgedFields.ValuesOf(JudgedFields.ClaimReason)!.Find(most.Keys[0].Value) ?? 0),
                WithReason = (ulong)most.Figures[0].Values[0],
                PerDayBefore = before,
            },
        });
    }

    private void AddLicenses(IReadOnlySet<string>? slugs, List<Wire.Attention> found)
    {
        var now = time.GetUtcNow();
        var ends = licenses.InOrder.Select(licenses.Find).OfType<LicenseEntry>().Select(entry => entry.License)
            .Where(license => (slugs is null || license.Apps.Any(slugs.Contains)) && license.State == LicenseState.Active && license.ExpiresAt is { } expires && expires > now && expires <= now.AddDays(LicenseDays))
            .Select(license => license.ExpiresAt!.Value).ToList();
        if (ends.Count > 0)
        {
            found.Add(new Wire.Attention
            {
                Severity = Wire.Attention.Types.Severity.Warning,
                EndingLicenses = new Wire.EndingLicenses { Licenses = (uint)ends.Count, FirstEnd = AnswerMapper.ToDate(UtcDay.Of(ends.Min())) },
            });
        }
    }

    private void AddDisk(List<Wire.Attention> found)
    {
        if (DiskOf(store.Description.Location) is not { TotalSize: > 0 } disk)
        {
            return;
        }

        var used = 1 - ((double)disk.AvailableFreeSpace / disk.TotalSize);
        var week = engine.Ask(new Question { Activity = Activity.Active, Window = 1, Closed = true, Days = 7, Step = Step.Day }).Total.Figures[0].Values;
        var kept = store.Current.Number - store.OldestNumber + 1;
        var perDay = kept > 0 ? week.Where(value => !double.IsNaN(value)).DefaultIfEmpty(0).Average() * store.SizeInBytes / kept : 0;
        var left = perDay > 0 ? disk.AvailableFreeSpace / perDay : double.PositiveInfinity;
        if (used < FullDisk && left > SoonFull)
        {
            return;
        }

        found.Add(new Wire.Attention
        {
            Severity = used >= VeryFullDisk || left <= SoonFull ? Wire.Attention.Types.Severity.Problem : Wire.Attention.Types.Severity.Notice,
            FillingDisk = left < int.MaxValue
                ? new Wire.FillingDisk { Used = used, DaysLeft = (uint)left }
                : new Wire.FillingDisk { Used = used },
        });
    }

    /// <summary>The disk that holds a directory; null where the system does not tell.</summary>
    private static DriveInfo? DiskOf(string directory)
    {
        try
        {
            return new DriveInfo(directory);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
