using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Client;
using Telemetry.Contracts.Apps.RoomVox.V1;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Tests.Installation;

/// <summary>The state directory of an app that has started, collected and stopped, and the command that looks after it.</summary>
internal sealed class InstalledApp : IDisposable
{
    public const string Key = "RVOX-SECRET-SECRET";

    private InstalledApp(FakeTimeProvider time) => Time = time;

    public FakeTimeProvider Time { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("telemetry-installed-").FullName;

    public string State => Path.Combine(Folder, "roomvox");

    /// <summary>The environment of the command, and of nothing else.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <param name="server">Where the app's reports go.</param>
    /// <param name="time">The clock of app and command.</param>
    /// <param name="mode">What the administrator chose; null: nothing.</param>
    /// <param name="change">Changes the app's options.</param>
    /// <param name="subscription">What the app says about a subscription.</param>
    /// <param name="users">How many accounts the app counts.</param>
    public static async Task<InstalledApp> StartedAsync(
        string server = "http://127.0.0.1:1", FakeTimeProvider? time = null, ReportingMode? mode = null,
        Action<TelemetryOptions>? change = null, Subscription? subscription = null, uint users = 25)
    {
        var app = new InstalledApp(time ?? new FakeTimeProvider(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero)));
        var options = new TelemetryOptions
        {
            AppVersion = "1.6.0",
            Server = new Uri(server),
            InstanceUrl = "https://cloud.example.org",
            StateDirectory = app.State,
            Variable = _ => null,
        };
        (options.Host.Country, options.Host.Language, options.Host.Timezone) = ("DE", "de", "Europe/Berlin");
        change?.Invoke(options);
        await using var client = TelemetryClient.Create(options, new Collector(subscription, users), time: app.Time);
        if (mode is { } chosen)
        {
            await client.SetModeAsync(chosen);
        }

        await client.PreviewAsync();
        return app;
    }

    public static Task<InstalledApp> StartedAsync(
        TestServer server, ReportingMode? mode = null, Action<TelemetryOptions>? change = null) =>
        StartedAsync("http://" + server.Native.Target, server.Time, mode, change);

    public Task<(int Code, string Output, string Error)> RunAsync(params string[] args) =>
        CliRunner.RunAsync(Around, "", [.. args, "--state", State]);

    public async Task<(int Code, JsonElement Json)> RunJsonAsync(params string[] args)
    {
        var (code, output, _) = await RunAsync([.. args, "--json"]);
        return (code, JsonElement.Parse(output));
    }

    public async Task<string> ModeAsync() => (await RunJsonAsync("status")).Json.GetProperty("mode").GetString()!;

    public CliConsole Around(CliConsole console) => console with
    {
        Variable = Variables.GetValueOrDefault,
        AppsDirectory = Folder,
        Time = Time,
    };

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private sealed class Collector(Subscription? subscription, uint users) : IUsageCollector<Usage>
    {
        public ValueTask<UsageSnapshot<Usage>> CollectAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new UsageSnapshot<Usage>
        {
            Users = new Users { Total = users },
            Subscription = subscription,
            Usage = new Usage { Rooms = 1, RoomTypes = { ["meeting-room"] = 1 } },
        });
    }
}
