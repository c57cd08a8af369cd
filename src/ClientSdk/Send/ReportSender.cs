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
    private static readonly Method<byte[], SubmitReportResponse> Submit = new(
        MethodType.Unary, ReportingService.Descriptor.FullName,
        ReportingService.Descriptor.FindMethodByName("SubmitReport").Name,
        Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes),
        Marshallers.Create(
            response => throw new NotSupportedException("A client does not answer."), SubmitReportResponse.Parser.ParseFrom));

    /// <param name="channel">The connection.</param>
    /// <param name="report">The report.</param>
    /// <param name="timeout">How long it may take in all.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the attempt.</param>
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
                Submit, host: null, new CallOptions(cancellationToken: either.Token), report.Bytes);
            var response = await call.ResponseAsync.ConfigureAwait(false);
            return response.Receipt is { } receipt
                ? new SendResult.Sent(ReportReceipt.Of(receipt, report.Digest))
                : SendFailures.NoReceipt(channel.Address);
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return patience.IsCancellationRequested
                ? SendFailures.TimedOut(channel.Address, timeout)
                : SendFailures.Explain(e, channel.Address, time.GetUtcNow());
        }
    }
}
