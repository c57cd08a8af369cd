using Grpc.Core;
using Telemetry.Client.Send;

namespace Telemetry.Client.Collected;

/// <summary>Turns what went wrong into a result that an administrator can act on.</summary>
internal static class CollectedFailures
{
    /// <summary>As the server writes them, see docs/protocol.md.</summary>
    private const string NotTheOwner = "NOT_THE_OWNER";
    private const string MethodUnknown = "METHOD_UNKNOWN";

    private const string MayBeDone = " It may be deleted all the same. Ask again: what is done is answered with its receipt.";

    public static CollectedResult Explain(RpcException e, Uri server, DateTimeOffset now, bool isDeleting)
    {
        var words = ServerWords.Of(e);
        var message = ServerWords.Text(e.Status.Detail) is { Length: > 0 } said
            ? said
            : $"{server.GetLeftPart(UriPartial.Authority)} refused ({e.StatusCode}) and gave no reason in words.";
        return words switch
        {
            { RetryAfter: { } retry } => new CollectedResult.Busy(message, now + retry),
            // A server of ours always gives a reason.
            { Reason: null } => Unanswered(SendFailures.Unreached(e, server), isDeleting),
            { Reason: NotTheOwner } => new CollectedResult.NotTheOwner(message),
            { Reason: MethodUnknown } => new CollectedResult.Unsupported(
                "The server is too old to show or delete what it collected by an installation's proof. Ask the vendor."),
            _ => new CollectedResult.ServerFailed(message),
        };
    }

    public static CollectedResult Unanswered(SendResult.Unreachable why, bool isDeleting) =>
        isDeleting && why.Cause is (UnreachableCause.Connection or UnreachableCause.Timeout)
            ? new CollectedResult.MayBeDeleted(why.Message + MayBeDone)
            : new CollectedResult.Unreachable(why.Message, why.Cause);
}
