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

        if (!VersionText.TryNormalise(text, out var version))
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

        if (!LanguageTag.TryNormalise(tag, out var language))
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
