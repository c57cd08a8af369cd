using System.Globalization;
using Telemetry.Server.Model;

namespace Telemetry.Server.Licensing;

/// <summary>Verdicts in words, for administrators: what is, and what to do next.</summary>
internal static class LicenseSentences
{
    public static string Message(LicenseJudgement judgement) => judgement.Verdict switch
    {
        LicenseVerdict.Valid when judgement.Until is { } until => $"The license is valid until {LastDay(until)}.",
        LicenseVerdict.Valid => "The license is valid.",
        LicenseVerdict.ValidInGrace =>
            $"The license expired on {LastDay(judgement.License!.ExpiresAt!.Value)} and still counts until {LastDay(judgement.Until!.Value)}.",
        LicenseVerdict.Expired => $"The license expired on {LastDay(judgement.Until!.Value)}.",
        LicenseVerdict.Revoked => "The license was revoked.",
        LicenseVerdict.Suspended => "The license is suspended.",
        LicenseVerdict.NotFound => "No license has this key.",
        LicenseVerdict.WrongApp => "The license is for another app.",
        LicenseVerdict.BoundElsewhere => "The license is in use on another installation.",
        LicenseVerdict.SeatsExceeded =>
            $"All {judgement.License!.InstancesAllowed.ToString(CultureInfo.InvariantCulture)} installations of the license are in use.",
        LicenseVerdict.MalformedKey => "This is not a license key: a character is wrong or missing.",
        LicenseVerdict.NotYetValid => $"The license begins on {Day(judgement.Until!.Value)}.",
        _ => throw new InvalidOperationException($"No sentence for {judgement.Verdict}."),
    };

    /// <summary>Empty when there is nothing to do.</summary>
    public static string NextStep(LicenseJudgement judgement) => judgement.Verdict switch
    {
        LicenseVerdict.Valid => "",
        LicenseVerdict.ValidInGrace => $"Renew it before {Day(judgement.Until!.Value)}.",
        LicenseVerdict.Expired => "Renew the license; the key stays the same.",
        LicenseVerdict.Revoked or LicenseVerdict.Suspended => "Ask the vendor why.",
        LicenseVerdict.NotFound => "Compare the key with the one the vendor sent, or ask the vendor for it.",
        LicenseVerdict.WrongApp => "Enter the key that was sold for this app.",
        LicenseVerdict.BoundElsewhere or LicenseVerdict.SeatsExceeded =>
            judgement.Until is { } until
                ? $"Release an installation that is no longer used, or wait until {Day(until)}, when an unused one falls free."
                : "Release an installation that is no longer used.",
        LicenseVerdict.MalformedKey => "Copy the whole key from the vendor's message.",
        LicenseVerdict.NotYetValid => $"Nothing to do: it counts from {Day(judgement.Until!.Value)} on.",
        _ => throw new InvalidOperationException($"No next step for {judgement.Verdict}."),
    };

    /// <summary>To a caller with too many wrong keys.</summary>
    public static string Throttled(TimeSpan wait, DateTimeOffset now) =>
        "Too many wrong license keys came from this address. Compare the key with the one the vendor sent; "
        + $"the next try is welcome at {(now + wait).UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC.";

    /// <summary>Midnight is the end of the day before it: a license sold to the end of a day says that day.</summary>
    private static string LastDay(DateTimeOffset moment) =>
        Day(moment.TimeOfDay == TimeSpan.Zero && moment > DateTimeOffset.MinValue ? moment.AddDays(-1) : moment);

    private static string Day(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
