using Telemetry.Client;

namespace Telemetry.Cli.Commands.Installation;

/// <summary><c>telemetry send --json</c> and <c>telemetry report send --json</c>.</summary>
internal sealed record SendDocument(
    string Outcome, string Message, ReceiptDocument? Receipt, IReadOnlyList<ViolationDocument> Violations,
    DateTimeOffset? WelcomeAt, string? Cause, string? Mode, string? DecidedBy)
{
    public static SendDocument Of(SendResult result)
    {
        var consent = (result as SendResult.Disabled)?.Consent;
        return new SendDocument(
            EventText.NameOf(result.Kind),
            result.Message,
            ((result as SendResult.Sent)?.Receipt ?? (result as SendResult.DigestMismatch)?.Receipt) is { } receipt
                ? ReceiptDocument.Of(receipt)
                : null,
            result is SendResult.Rejected rejected
                ? [.. rejected.Violations.Select(broken => new ViolationDocument(broken.Field, broken.Description))]
                : [],
            result switch
            {
                SendResult.TooSoon soon => soon.WelcomeAt,
                SendResult.Busy busy => busy.WelcomeAt,
                _ => null,
            },
            result is SendResult.Unreachable { Cause: var cause } ? EventText.NameOf(cause) : null,
            consent is null ? null : EventText.NameOf(consent.Mode),
            consent is null ? null : EventText.NameOf(consent.Source));
    }
}
