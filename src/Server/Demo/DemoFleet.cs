using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Demo;

/// <summary>A simulated fleet that reports to this very server over real gRPC, so that a newcomer sees life.</summary>
internal sealed partial class DemoFleet(
    IOwnAddress address, DemoToken token, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DemoFleet> logger)
    : BackgroundService
{
    /// <summary>Enough at once to fill a screen, then a pace that an eye can follow.</summary>
    private const int FirstBurst = 20;

    private const int Installations = 2_000;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

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
            Log.Started(logger, Installations);
            await RegisterAsync(new Wire.AppService.AppServiceClient(channel), stoppingToken).ConfigureAwait(false);
            await ReportAsync(new Wire.ReportingService.ReportingServiceClient(channel), stoppingToken)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops, and the fleet with it.
        }
    }

    private async Task StartedAsync(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>As a vendor does whose app does not come with the server.</summary>
    private async Task RegisterAsync(Wire.AppService.AppServiceClient client, CancellationToken cancellation)
    {
        try
        {
            await client.RegisterAppAsync(
                new Wire.RegisterAppRequest { DescriptorSet = DemoReports.OwnContract },
                new Metadata { { "authorization", "Bearer " + token.Value } },
                cancellationToken: cancellation).ConfigureAwait(false);
        }
        catch (RpcException e) when (!cancellation.IsCancellationRequested)
        {
            Log.NotRegistered(logger, e.StatusCode);
        }
    }

    private async Task ReportAsync(Wire.ReportingService.ReportingServiceClient client, CancellationToken cancellation)
    {
        var reports = new DemoReports(new Random(20_261_123));
        for (var number = 0; ; number++)
        {
            try
            {
                await client.SubmitReportAsync(
                    new Wire.SubmitReportRequest { Report = reports.Of(number % Installations) },
                    cancellationToken: cancellation).ConfigureAwait(false);
            }
            catch (RpcException e) when (!cancellation.IsCancellationRequested)
            {
                // Once round, installations come back sooner than they may; that is part of the picture.
                Log.Refused(logger, e.StatusCode);
            }

            if (number >= FirstBurst)
            {
                await Task.Delay(Pace, time, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 3001, Level = LogLevel.Information,
            Message = "A simulated fleet of {Installations} installations reports; its figures are invented.")]
        public static partial void Started(ILogger logger, int installations);

        [LoggerMessage(EventId = 3002, Level = LogLevel.Debug, Message = "A simulated report was refused: {Status}.")]
        public static partial void Refused(ILogger logger, StatusCode status);

        [LoggerMessage(EventId = 3003, Level = LogLevel.Warning,
            Message = "The app of the simulated fleet was not registered, and its reports are refused: {Status}.")]
        public static partial void NotRegistered(ILogger logger, StatusCode status);
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

/// <summary>With what the fleet registers its app: good for this run, and kept nowhere.</summary>
internal sealed class DemoToken
{
    public string Value { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public bool Is(string token) =>
        CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(token.AsSpan()), MemoryMarshal.AsBytes(Value.AsSpan()));
}

/// <summary>Registers the simulated fleet.</summary>
internal static class DemoExtensions
{
    public static IServiceCollection AddDemoFleet(this IServiceCollection services) =>
        services.AddSingleton<DemoToken>().AddHostedService<DemoFleet>();
}
