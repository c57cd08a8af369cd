using Google.Rpc;
using Grpc.Core;

namespace Telemetry.Dashboard.Data;

/// <summary>Why a question was not answered.</summary>
/// <param name="Code">The status, by which a page says what it can.</param>
/// <param name="Words">The server's own words, where it answered.</param>
/// <param name="Incident">By which the server's log names it.</param>
public sealed record Failure(StatusCode Code, string Words, string? Incident)
{
    private const string IncidentMark = "incident ";
    private const string DetailsTrailer = "grpc-status-details-bin";

    /// <summary>Whether the same question may be answered in a while.</summary>
    public bool Passes => Code is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted;

    /// <summary>The server's stable code for why; empty where it gave none.</summary>
    public string Reason { get; private init; } = "";

    /// <summary>Whether nobody answered at all.</summary>
    public bool IsUnreachable { get; private init; }

    public static Failure Of(Exception e)
    {
        if (e is not RpcException rpc)
        {
            return new(StatusCode.Unknown, "", null);
        }

        // The browser's refusal to connect comes without an answer: what the library makes of it is no text for a person.
        var unreachable = rpc.StatusCode is StatusCode.Internal or StatusCode.Unavailable && rpc.Status.DebugException is IOException;
        var at = rpc.Status.Detail.IndexOf(IncidentMark, StringComparison.Ordinal);
        return new(
            unreachable ? StatusCode.Unavailable : rpc.StatusCode,
            unreachable ? "" : rpc.Status.Detail,
            at < 0 ? null : rpc.Status.Detail[(at + IncidentMark.Length)..].TrimEnd('.'))
        {
            IsUnreachable = unreachable,
            Reason = ReasonOf(rpc),
        };
    }

    private static string ReasonOf(RpcException e)
    {
        if (e.Trailers.GetValueBytes(DetailsTrailer) is not { } bytes)
        {
            return "";
        }

        var details = Google.Rpc.Status.Parser.ParseFrom(bytes).Details;
        return details.FirstOrDefault(detail => detail.TypeUrl.EndsWith("/google.rpc.ErrorInfo", StringComparison.Ordinal)) is { } detail
            ? ErrorInfo.Parser.ParseFrom(detail.Value).Reason : "";
    }
}
