using Grpc.Core;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Send;

/// <summary>Sends one report's bytes as they are, and says what became of them.</summary>
/// <remarks>
/// Bytes instead of a message, so that what was shown and hashed is what goes out. Never throws for what a network or a
/// server can do.
/// </remarks>
internal static class ReportSender
{
    private static readonly Method<OutgoingReport, SubmitReportResponse> Submit = new(
        MethodType.Unary, ReportingService.Descriptor.FullName,
        ReportingService.Descriptor.FindMethodByName("SubmitReport").Name,
        // Asked for the bytes when there is a connection to write them to.
        Marshallers.Create<OutgoingReport>(
            report => report.Leave(), _ => throw new NotSupportedException("A client takes no reports.")),
        Marshallers.Create(
            _ => throw new NotSupportedException("A client does not answer."), SubmitReportResponse.Parser.ParseFrom));

    /// <param name="channel">The connection.</param>
    /// <param name="report">The report; not sent before.</param>
    /// <param name="timeout">How long it may take in all.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public static async Task<SendResult> SendAsync(
        TelemetryChannel channel, OutgoingReport report, TimeSpan timeout, TimeProvider time,
        CancellationToken cancellationToken)
    {
        // The caller's clock instead of a gRPC deadline, which knows only the machine's.
        using var patience = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var call = channel.Invoker.AsyncUnaryCall(
                Submit, host: null, new CallOptions(cancellationToken: either.Token), report);
            // The library ends a canceled call as well; the timeout must hold even where it does not.
            var response = await call.ResponseAsync.WaitAsync(either.Token).ConfigureAwait(false);
            return ResultOf(response, report) ?? SendFailures.NoReceipt(channel.Address);
        }
        catch (Exception e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (patience.IsCancellationRequested)
            {
                return SendFailures.TimedOut(channel.Address, timeout, report.Left);
            }

            return e is RpcException refused
                ? SendFailures.Explain(refused, channel.Address, time.GetUtcNow(), report.Left)
                // Answers that the library did not foresee either.
                : SendFailures.Unforeseen(channel.Address, e);
        }
    }

    private static SendResult? ResultOf(SubmitReportResponse response, OutgoingReport report)
    {
        if (response.Receipt is not { } given || ReportReceipt.Of(given, report.Report.ReportId) is not { } receipt)
        {
            return null;
        }

        return receipt.Digest == report.Digest ? new SendResult.Sent(receipt) : new SendResult.DigestMismatch(receipt);
    }
}
