using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Client;
using Telemetry.Client.AspNetCore;
using Telemetry.Contracts.Apps.RoomVox.V1;

namespace Telemetry.ClientSdk.AspNetCore.Tests;

/// <summary>An app with the support page, in this process, on a free loopback port, with its own state directory.</summary>
/// <remarks>Disposing fails the test when the app logged an error: the page must never cause one.</remarks>
internal sealed class SupportHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CapturedLogs _logs;
    private readonly string _directory;

    private SupportHost(WebApplication app, CapturedLogs logs, string directory)
    {
        _app = app;
        _logs = logs;
        _directory = directory;
    }

    public TelemetryClient Client => _app.Services.GetRequiredService<TelemetryClient>();

    public StubCollector Collector => _app.Services.GetRequiredService<StubCollector>();

    public FakeTimeProvider Time => (FakeTimeProvider)_app.Services.GetRequiredService<TimeProvider>();

    public string StateDirectory => Client.GetStatus().StateDirectory;

    /// <param name="server">Where reports go; null: nowhere that listens.</param>
    /// <param name="configure">Changes the client's options.</param>
    /// <param name="support">Changes the page's options.</param>
    public static async Task<SupportHost> StartAsync(
        TestServer? server = null, Action<TelemetryOptions>? configure = null,
        Action<TelemetrySupportOptions>? support = null)
    {
        var directory = Directory.CreateTempSubdirectory("telemetry-page-").FullName;
        var logs = new CapturedLogs();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.Services.AddSingleton<TimeProvider>(
            server?.Time ?? new FakeTimeProvider(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero)));
        builder.Services.AddSingleton<StubCollector>();
        builder.Services.AddTelemetry<Usage, ForwardingCollector>(options =>
        {
            options.AppVersion = "1.6.0";
            options.Server = new Uri(server is null ? "http://127.0.0.1:1" : "http://" + server.Native.Target);
            options.InstanceUrl = "https://rooms.example";
            options.StateDirectory = Path.Combine(directory, "state");
            options.Variable = _ => null;
            configure?.Invoke(options);
        });
        builder.Services.AddAuthentication(HeaderAuthentication.Scheme)
            .AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>(HeaderAuthentication.Scheme, null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("Administrators", policy => policy.RequireRole("admin"));
        builder.Services.AddAntiforgery();
        var app = builder.Build();
        app.MapTelemetrySupport(configure: support);
        await app.StartAsync();
        return new SupportHost(app, logs, directory);
    }

    /// <summary>A browser of its own, signed in with a role; null: not signed in.</summary>
    public Browser Open(string? role = "admin") => new(new Uri(_app.Urls.First()), role);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
        Assert.DoesNotContain(_logs.Lines, line => line.Level >= LogLevel.Error);
    }
}
