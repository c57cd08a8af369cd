using System.Globalization;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli;

/// <summary>Events and positions as text.</summary>
internal static class EventText
{
    /// <summary>"EPOCH:NUMBER", as --after takes it.</summary>
    public static string Of(FeedPosition position) =>
        string.Create(CultureInfo.InvariantCulture, $"{position.Epoch}:{position.Number}");

    /// <returns>Null when it is no position.</returns>
    public static FeedPosition? TryParsePosition(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 2
            && ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
            && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new FeedPosition { Epoch = epoch, Number = number }
            : null;
    }

    public static string LineOf(Event happened)
    {
        var report = happened.Report;
        var marks = string.Join(' ', happened.Kinds.Where(kind => kind != EventKind.ReportAccepted)
            .Select(kind => MarkOf(kind, report.ClaimReason)));
        return string.Create(CultureInfo.InvariantCulture,
            $"{happened.Time.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}  {happened.Position.Number,8}  "
            + $"{report.InstanceId[..8]}  {NameOf(report.App)} {report.AppVersion,-10} "
            + $"{(report.Environment.Country.Length == 0 ? "--" : report.Environment.Country)}  "
            + $"{NameOf(report.Verdict),-10} {UsageOf(report),-24} {marks}").TrimEnd();
    }

    /// <summary>A verdict with its reason: "refused (not-found)".</summary>
    public static string VerdictOf(ClaimVerdict verdict, LicenseVerdict reason) =>
        reason == LicenseVerdict.Unspecified ? NameOf(verdict) : $"{NameOf(verdict)} ({NameOf(reason)})";

    /// <summary>A value's name as people write it: "APP_ROOMVOX" is roomvox.</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString().Select((letter, index) =>
            index > 0 && char.IsUpper(letter) ? "-" + char.ToLowerInvariant(letter) : $"{char.ToLowerInvariant(letter)}"));

    /// <exception cref="CliUsageException">There is no such value.</exception>
    public static T Parse<T>(string option, string name)
        where T : struct, Enum
    {
        var known = Enum.GetValues<T>().Skip(1).ToDictionary(NameOf, StringComparer.OrdinalIgnoreCase);
        return known.TryGetValue(name, out var value)
            ? value
            : throw new CliUsageException($"{option} is one of: {string.Join(", ", known.Keys)}.");
    }

    private static string MarkOf(EventKind kind, LicenseVerdict reason) =>
        kind == EventKind.ClaimRefused && reason != LicenseVerdict.Unspecified
            ? $"{NameOf(kind)}({NameOf(reason)})"
            : NameOf(kind);

    private static string UsageOf(StoredReport report) => report.Roomvox is { } usage
        ? string.Create(CultureInfo.InvariantCulture, $"{Count(usage.HasRooms, usage.Rooms)} rooms, "
            + $"{Count(report.Users?.HasTotal == true, report.Users?.Total ?? 0)} users")
        : "";

    private static string Count(bool known, uint count) =>
        known ? count.ToString(CultureInfo.InvariantCulture) : "?";
}
