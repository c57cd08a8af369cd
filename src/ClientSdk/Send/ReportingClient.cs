using Telemetry.Client.Send;
using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>
/// Sends reports that somebody else made, e.g. a relay's or a test's; an app uses <see cref="TelemetryClient"/>, which
/// asks for consent. Never throws for what a network or a server can do; the result says what happened.
/// </summary>
/// <remarks>Safe to use from any number of threads.</remarks>
public class ReportingClient
{
    /// <summary>How long one report may take in all, as the existing apps have it.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(15);

    private readonly TelemetryChannel _channel;
    private readonly TimeProvider _time;

    /// <summary>For mocks.</summary>
    protected ReportingClient()
    {
        _channel = null!;
        _time = TimeProvider.System;
    }

    /// <summary>Makes a client.</summary>
    /// <param name="channel">The connection; not disposed by this client.</param>
    /// <param name="time">The clock; the system's when null.</param>
    public ReportingClient(TelemetryChannel channel, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _channel = channel;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>How long one report may take in all. Default: 15 s.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>Sends one report.</summary>
    /// <param name="report">The report; gets an id when it has none, so that the same object can be sent again.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public virtual Task<SendResult> SendAsync(Report report, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.ReportId.Length == 0)
        {
            report.ReportId = Guid.NewGuid().ToString("D");
        }

        return ReportSender.SendAsync(_channel, new OutgoingReport(report), Timeout, _time, cancellationToken);
    }
}
