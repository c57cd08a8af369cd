using Telemetry.Client;

namespace Telemetry.Cli.Commands.Installation;

/// <summary>What came of showing or deleting, as JSON; "show" prints its lines instead when it succeeds.</summary>
internal sealed record CollectedDocument(
    string Result, string Message, bool? DeletedBefore, IReadOnlyList<DeletionDocument> Receipts, DateTimeOffset? WelcomeAt, string? Cause)
{
    public static CollectedDocument Of(CollectedResult result)
    {
        var deleted = result as CollectedResult.Deleted;
        return new CollectedDocument(
            EventText.NameOf(result.Kind), result.Message, deleted?.Before,
            [.. (deleted?.Receipts ?? []).Select(receipt => new DeletionDocument(receipt.App, receipt.Reports, receipt.DeletedAt, receipt.Receipt))],
            (result as CollectedResult.Busy)?.WelcomeAt,
            result is CollectedResult.Unreachable { Cause: var cause } ? EventText.NameOf(cause) : null);
    }
}

/// <summary>One receipt.</summary>
internal sealed record DeletionDocument(string App, long Reports, DateTimeOffset DeletedAt, string Receipt);
