using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Telemetry.Server.Access;
using Telemetry.Server.Admin;
using Telemetry.Server.Hosting;
using Telemetry.Server.Storage;
using Telemetry.Testing.Sockets;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Testing;

/// <summary>The whole server, in this process, on free loopback ports, with its own data directory.</summary>
/// <remarks>
/// The clock stands still until a test advances it. Disposing fails the test when the server logged an error that the
/// test did not expect.
/// </remarks>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _ownsData;
    private readonly List<GrpcChannel> _channels = [];

    private TestServer(WebApplication app, CapturedLogs logs, JumpingClock time, string data, bool ownsData)
    {
        _app = app;
        _ownsData = ownsData;
        Logs = logs;
        Time = time;
        Data = data;
    }

    public JumpingClock Time { get; }

    public CapturedLogs Logs { get; }

    public string Data { get; }

    public string AdminToken { get; private set; } = "";

    public bool ExpectsErrors { get; set; }

    public IServiceProvider Services => _app.Services;

    /// <summary>What the server has read of raw connections.</summary>
    public Intake Intake { get; private set; } = null!;

    /// <summary>The port for HTTP/1.1.</summary>
    public Uri Http => _app.Services.GetRequiredService<Listeners>().Http!;

    /// <summary>The port for HTTP/2.</summary>
    public Uri Http2 => _app.Services.GetRequiredService<Listeners>().Grpc!;

    /// <summary>The same store, to be held back or broken by a test.</summary>
    public HeldStore HeldStore => (HeldStore)Store;

    public ITelemetryStore Store => _app.Services.GetRequiredService<ITelemetryStore>();

    /// <summary>A part of the server, for what has no door.</summary>
    public T Part<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public Wire.LicenseService.LicenseServiceClient Licenses => new(Native);

    public Wire.LicenseAdminService.LicenseAdminServiceClient LicenseAdmin => new(Native);

    public Wire.AdminService.AdminServiceClient Admin => new(Native);

    public Wire.AccessService.AccessServiceClient Access => new(Native);

    public Wire.AppService.AppServiceClient Apps => new(Native);

    public GrpcChannel Native { get; private set; } = null!;

    public GrpcChannel Web { get; private set; } = null!;

    public HttpClient HttpClient { get; private set; } = null!;

    public Metadata Authorized => new() { { "authorization", "Bearer " + AdminToken } };

    /// <param name="data">Data directory to go on with; null for a new one that is deleted in the end.</param>
    /// <param name="now">Where the clock stands.</param>
    /// <param name="settings">Configuration, e.g. "Ingestion:MinimumInterval=00:00:00".</param>
    public static async Task<TestServer> StartAsync(
        string? data = null, DateTimeOffset? now = null, params string[] settings)
    {
        var directory = data ?? Directory.CreateTempSubdirectory("telemetry-test-").FullName;
        var logs = new CapturedLogs();
        var time = new JumpingClock(now ?? new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        string[] arguments =
        [
            "--data", directory, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--Feed:GatherInterval=00:00:00", "--Ingestion:GatherInterval=00:00:00",
            // Every test is one caller; those about limits set their own.
            "--Limits:NewInstallationsPerHour=0", "--Limits:RequestsPerMinute=0",
            .. settings.Select(setting => "--" + setting),
        ];
        Intake? intake = null;
        var app = ServerHost.Build(CommandLine.Parse(arguments), builder =>
        {
            intake = Intake.Watch(builder.Services);
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.Logging.ClearProviders().AddProvider(logs);
            HoldStore(builder.Services);
        });
        var server = new TestServer(app, logs, time, directory, data is null) { Intake = intake! };
        server.AdminToken = TokenSecret.Make();
        await app.Services.GetRequiredService<TokenClerk>().KeepOwnerAsync(server.AdminToken);
        await app.Services.GetRequiredService<AppDirectory>().RegisterAsync();
        await app.StartAsync();
        server.Connect(app.Services.GetRequiredService<Listeners>());
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }

        HttpClient.Dispose();
        HeldStore.Release();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsData)
        {
            Directory.Delete(Data, recursive: true);
        }

        var errors = Logs.Lines.Where(line => line.Level >= LogLevel.Error).ToList();
        if (errors.Count > 0 && !ExpectsErrors)
        {
            throw new InvalidOperationException("The server logged: " + errors[0].Text);
        }
    }

    private static void HoldStore(IServiceCollection services)
    {
        var open = services.Last(service => service.ServiceType == typeof(ITelemetryStore)).ImplementationFactory!;
        services.AddSingleton<ITelemetryStore>(provider => new HeldStore((ITelemetryStore)open(provider)));
    }

    private void Connect(Listeners listeners)
    {
        Native = GrpcChannel.ForAddress(listeners.Grpc!);
        Web = GrpcChannel.ForAddress(listeners.Http!, new GrpcChannelOptions
        {
            HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWeb, new HttpClientHandler()),
            HttpVersion = System.Net.HttpVersion.Version11,
        });
        HttpClient = new HttpClient { BaseAddress = listeners.Http };
        _channels.AddRange([Native, Web]);
    }
}
