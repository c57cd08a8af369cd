using System.Globalization;
using Telemetry.Server.Model;

namespace Telemetry.Server.Ingestion;

/// <summary>The rules on single values. Notes every broken one and goes on.</summary>
/// <remarks>A description never repeats the value: it may be anything, and answers end up in logs elsewhere.</remarks>
internal struct ReportCheck
{
    private List<Violation>? _violations;

    public readonly IReadOnlyList<Violation> Violations => _violations ?? (IReadOnlyList<Violation>)[];

    public Guid ReportId(string? text)
    {
        if (text is null)
        {
            return Guid.NewGuid();
        }

        if (!Guid.TryParseExact(text, "D", out var id) || id == Guid.Empty)
        {
            Add("report_id", "must be a UUID in its 36-character form, made anew for each report");
        }

        return id;
    }

    public void InstanceHash(string? hash)
    {
        if (InstanceHashFormat.BrokenRule(hash) is { } rule)
        {
            Add("instance_hash", rule);
        }
    }

    public void App(App app, bool hasRoomVoxUsage)
    {
        if (app != Model.App.RoomVox)
        {
            Add("app", "must name an app that this server knows: APP_ROOMVOX");
        }
        else if (!hasRoomVoxUsage)
        {
            Add("usage", "must be the usage of the app that reports: roomvox");
        }
    }

    public string AppVersion(string? text, bool mayBeUnknown)
    {
        if (mayBeUnknown && text == "unknown")
        {
            return "";
        }

        if (string.IsNullOrEmpty(text))
        {
            Add("app_version", "is required: the app's version, e.g. 1.4.0");
            return "";
        }

        return Version("app_version", text);
    }

    public string Version(string field, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        if (!VersionText.TryNormalize(text, out var version))
        {
            Add(field, "must begin with one to four numbers separated by dots and have at most 64 characters");
            return "";
        }

        return TextPool.Shared.Get(version);
    }

    public CountryCode Country(string? code)
    {
        if (string.IsNullOrEmpty(code))
        {
            return default;
        }

        if (!Countries.Exists(code))
        {
            Add("environment.country", "must be a country of ISO 3166-1 as two upper-case letters, or empty");
            return default;
        }

        return CountryCode.FromLetters(code);
    }

    public string Timezone(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return "";
        }

        if (name.Length > ReportLimits.MaxTimezoneLength || !Countries.IsTimezone(name))
        {
            Add("environment.timezone", "must be a name of the IANA tz database, e.g. Europe/Berlin, or empty");
            return "";
        }

        return TextPool.Shared.Get(name);
    }

    public string Language(string? tag)
    {
        if (string.IsNullOrEmpty(tag))
        {
            return "";
        }

        if (!LanguageTag.TryNormalize(tag, out var language))
        {
            Add("environment.language", "must be a BCP 47 tag of at most 35 characters, e.g. de or pt-BR, or empty");
            return "";
        }

        return TextPool.Shared.Get(language);
    }

    public void KeyLength(string? key)
    {
        if (key?.Length > ReportLimits.MaxKeyLength)
        {
            Add("subscription.key", "must have at most 256 characters");
        }
    }

    public void Range(string field, long value, long maximum)
    {
        if (value < 0 || value > maximum)
        {
            Add(field, string.Create(CultureInfo.InvariantCulture, $"must be between 0 and {maximum}"));
        }
    }

    public uint? Count(string field, long? count)
    {
        if (count is not { } value)
        {
            return null;
        }

        Range(field, value, ReportLimits.MaxCount);
        return (uint)Math.Clamp(value, 0, ReportLimits.MaxCount);
    }

    public LabelCounts Counts(string field, SubmittedCounts counts)
    {
        if (counts.Entries > ReportLimits.MaxMapEntries)
        {
            Add(field, "must have at most 2000 entries");
        }

        if (counts.OutOfRange)
        {
            Range(field, -1, ReportLimits.MaxCount);
        }

        return counts.ToLabelCounts();
    }

    public uint? AverageCapacity(double? capacity)
    {
        if (capacity is not { } value)
        {
            return null;
        }

        if (!(value >= 0 && value <= ReportLimits.MaxAverageCapacity))
        {
            Add("roomvox.average_capacity", "must be a number between 0 and 1000000");
            return null;
        }

        return (uint)Math.Round(value * 100, MidpointRounding.AwayFromZero);
    }

    private void Add(string field, string description) => (_violations ??= []).Add(new Violation(field, description));
}

/// <summary>A rule that a field breaks.</summary>
/// <param name="Field">The field's path in the Report message, e.g. "environment.php_version".</param>
/// <param name="Description">The rule and what to do. Never repeats the value: it may be anything.</param>
internal sealed record Violation(string Field, string Description);

/// <summary>Bounds on what a report may carry; the contract documents them.</summary>
internal static class ReportLimits
{
    public const long MaxCount = 100_000_000;
    public const int MaxMapEntries = 2_000;
    public const double MaxAverageCapacity = 1_000_000;
    public const int MaxVersionLength = 64;
    public const int MaxLanguageLength = 35;
    public const int MaxTimezoneLength = 64;
    public const int MaxKeyLength = 256;
    public const int MaxSchemaVersion = 1_000;

    /// <summary>Largest single report, in bytes; five times the largest that a real app was seen to send, and more.</summary>
    public const int MaxReportBytes = 64 * 1024;

    /// <summary>Most reports in one request.</summary>
    public const int MaxReportsPerRequest = 1_000;
}
