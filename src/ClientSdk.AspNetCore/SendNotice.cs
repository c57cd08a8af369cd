using System.Globalization;
using Telemetry.Client.AspNetCore.Page;

namespace Telemetry.Client.AspNetCore;

/// <summary>Says what became of a report, precisely.</summary>
internal static class SendNotice
{
    public static Notice Of(SendResult result) =>
        new(result.Kind == SendResultKind.Sent, Words.Of(result.Kind), result.Message)
        {
            Details = [.. DetailsOf(result)],
            Violations = result is SendResult.Rejected rejected
                ? [.. rejected.Violations.Select(violation => new NoticeDetail(violation.Field, violation.Description))]
                : [],
        };

    private static NoticeDetail[] DetailsOf(SendResult result) => result switch
    {
        SendResult.Sent sent => DetailsOf(sent.Receipt),
        SendResult.DigestMismatch other => DetailsOf(other.Receipt),
        SendResult.TooSoon soon => [new("Welcome again", Words.Of(soon.WelcomeAt))],
        SendResult.Busy busy => [new("Worth trying again", Words.Of(busy.WelcomeAt))],
        SendResult.Unreachable unreachable => [new("Cause", Words.Of(unreachable.Cause))],
        _ => [],
    };

    private static NoticeDetail[] DetailsOf(ReportReceipt receipt) =>
    [
        new("Report", receipt.ReportId),
        new("Number in the server's log", receipt.Number.ToString(CultureInfo.InvariantCulture)),
        new("Subscription", Words.Of(receipt.Verdict)),
        new("SHA-256 that the server read", receipt.Digest.Length > 0 ? receipt.Digest : "none: other bytes are stored"),
    ];
}
