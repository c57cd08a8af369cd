using Google.Rpc;
using Grpc.Core;
using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>Sends reports. Never throws for what a network or a server can do; the result says what happened.</summary>
/// <remarks>Safe to use from any number of threads.</remarks>
public sealed class ReportingClient
{
    /// <summary>How long one report may take in all, as the existing apps have it.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(15);

    private readonly ReportingService.ReportingServiceClient _client;
    private readonly TimeProvider _time;

    /// <summary>Makes a client.</summary>
    /// <param name="channel">The connection; not disposed by this client.</param>
    /// <param name="time">The clock; the system's when null.</param>
    public ReportingClient(TelemetryChannel channel, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _client = new ReportingService.ReportingServiceClient(channel.Invoker);
        _time = time ?? TimeProvider.System;
    }

    /// <summary>How long one report may take in all. Default: 15 s.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>Sends one report.</summary>
    /// <param name="report">The report; gets an id when it has none, so that the same object can be sent again.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<SendResult> SendAsync(Report report, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.ReportId.Length == 0)
        {
            report.ReportId = Guid.CreateVersion7(_time.GetUtcNow()).ToString("D");
        }

        try
        {
            var response = await _client.SubmitReportAsync(
                new SubmitReportRequest { Report = report }, deadline: _time.GetUtcNow().UtcDateTime + Timeout,
                cancellationToken: cancellation).ConfigureAwait(false);
            return new SendResult.Sent(response.Receipt);
        }
        catch (RpcException e)
        {
            cancellation.ThrowIfCancellationRequested();
            return Explain(e);
        }
    }

    private SendResult Explain(RpcException e)
    {
        var details = e.GetRpcStatus();
        var retry = details?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan();
        if (retry is { } after)
        {
            return new SendResult.TryLater(e.Status.Detail, after);
        }

        return e.StatusCode switch
        {
            StatusCode.InvalidArgument => new SendResult.Rejected(e.Status.Detail, ViolationsOf(details)),
            StatusCode.DeadlineExceeded => new SendResult.Unreachable(
                $"The server did not answer within {Timeout.TotalSeconds:0.#} seconds."),
            StatusCode.Unavailable => new SendResult.Unreachable(
                "The server cannot be reached: " + InnermostMessage(e)),
            _ => new SendResult.Failed(e.Status.Detail),
        };
    }

    private static FieldViolation[] ViolationsOf(Google.Rpc.Status? details) =>
        details?.GetDetail<BadRequest>()?.FieldViolations
            .Select(violation => new FieldViolation { Field = violation.Field, Description = violation.Description })
            .ToArray() ?? [];

    /// <summary>The innermost exception names the cause: the name, the refused connection, the certificate.</summary>
    private static string InnermostMessage(RpcException e)
    {
        var cause = e.Status.DebugException;
        while (cause?.InnerException is { } inner)
        {
            cause = inner;
        }

        return cause?.Message ?? e.Status.Detail;
    }
}
