using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Privacy;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Demo;

/// <summary>Lets the simulated fleet go on from now: its installations report to this very server over real gRPC.</summary>
/// <remarks>
/// In the order of their day, but sooner than each one's hour, because nobody watches a screen on which nothing moves; when
/// all have reported, once more, as often as they may.
/// </remarks>
internal sealed partial class DemoReporter(
    DemoFleet fleet, DemoLicenses licenses, IOwnAddress address, ITelemetryStore store, Pseudonyms pseudonyms,
    IOptions<IngestionOptions> ingestion, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DemoReporter> logger)
    : BackgroundService
{
    /// <summary>Enough at once to fill a screen, then a pace that an eye can follow.</summary>
    private const int FirstBurst = 20;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(2_000);

    private readonly Queue<DemoReport> _waiting = new();
    private DateOnly _today;
    private int _sent;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken).ConfigureAwait(false);
            using var channel = GrpcChannel.ForAddress(address.NativeGrpc, new GrpcChannelOptions
            {
                HttpHandler = new SocketsHttpHandler
                {
                    // The server's certificate names the outside, not this loopback address: only it will do.
                    SslOptions = new SslClientAuthenticationOptions
                    {
                        RemoteCertificateValidationCallback = (_, shown, _, _) =>
                            shown is not null && address.Certificate is { } own && own.Equals(shown),
                    },
                },
            });
            Log.Started(logger);
            await ReportAsync(
                new Wire.ReportingService.ReportingServiceClient(channel), new Wire.LicenseService.LicenseServiceClient(channel),
                stoppingToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException && stoppingToken.IsCancellationRequested)
        {
            // The server stops, and the fleet with it; a call that was under way is canceled or cut off.
        }
    }

    private async Task StartedAsync(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    private async Task ReportAsync(
        Wire.ReportingService.ReportingServiceClient reporting, Wire.LicenseService.LicenseServiceClient checking,
        CancellationToken cancellation)
    {
        while (true)
        {
            if (Next() is { } due)
            {
                await SubmitAsync(due, reporting, checking, cancellation).ConfigureAwait(false);
            }

            if (++_sent >= FirstBurst)
            {
                var pace = Shortest + ((Longest - Shortest) * new Draw((ulong)_sent).Unit);
                await Task.Delay(pace, time, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The next that may report; null when all have just done so.</summary>
    private DemoReport? Next()
    {
        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (today != _today)
        {
            // Whose hour is past has reported already, or was away.
            Refill(fleet.ReportsOn(today).OrderBy(due => due.At <= now && _today == default));
            _today = today;
        }

        for (var left = _waiting.Count; left > 0; left--)
        {
            var due = _waiting.Dequeue();
            _waiting.Enqueue(due);
            if (store.FindInstance(pseudonyms.Of(due.Installation.Site.Hash), due.Installation.App) is not { } known
                || now - known.LastSeen >= ingestion.Value.MinimumInterval)
            {
                return due;
            }
        }

        return null;
    }

    private void Refill(IEnumerable<DemoReport> reports)
    {
        _waiting.Clear();
        foreach (var due in reports)
        {
            _waiting.Enqueue(due);
        }
    }

    private async Task SubmitAsync(
        DemoReport due, Wire.ReportingService.ReportingServiceClient reporting, Wire.LicenseService.LicenseServiceClient checking,
        CancellationToken cancellation)
    {
        try
        {
            if (due.Installation.Claim is { License: { } license, IsActivated: true } claim && claim.From <= due.Day)
            {
                await checking.CheckLicenseAsync(new Wire.CheckLicenseRequest
                {
                    LicenseKey = licenses.KeyOf(license),
                    InstanceHash = due.Installation.Site.Hash,
                    App = due.Installation.App,
                    WithoutToken = true,
                }, cancellationToken: cancellation).ConfigureAwait(false);
            }

            var report = due.Installation.ReportOn(due.Day, licenses.KeyOf);
            // It may be the second one of this day.
            report.ReportId = Guid.NewGuid().ToString("D");
            await reporting.SubmitReportAsync(new Wire.SubmitReportRequest { Report = report }, cancellationToken: cancellation)
                .ConfigureAwait(false);
        }
        catch (RpcException e) when (!cancellation.IsCancellationRequested)
        {
            Log.Refused(logger, e.StatusCode);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 3001, Level = LogLevel.Information,
            Message = "A simulated fleet reports; its figures are invented.")]
        public static partial void Started(ILogger logger);

        [LoggerMessage(EventId = 3002, Level = LogLevel.Debug, Message = "A simulated report was refused: {Status}.")]
        public static partial void Refused(ILogger logger, StatusCode status);
    }
}

/// <summary>Where the server itself can be reached.</summary>
internal interface IOwnAddress
{
    /// <summary>Takes native gRPC; http for cleartext, https for TLS. Known once the server has started.</summary>
    Uri NativeGrpc { get; }

    /// <summary>The certificate it shows there; null without TLS.</summary>
    X509Certificate2? Certificate { get; }
}
