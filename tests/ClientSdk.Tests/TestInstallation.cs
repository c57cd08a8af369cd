using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Client;
using Telemetry.Contracts.Apps.RoomVox.V1;
using Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Tests;

/// <summary>An app's installation with a state directory of its own and a collector that a test commands.</summary>
internal sealed class TestInstallation : IUsageCollector<Usage>, IDisposable
{
    private readonly ILoggerFactory _factory;
    private int _collected;

    public TestInstallation(Uri server, FakeTimeProvider? time = null)
    {
        Time = time ?? new SteppedTime();
        _factory = LoggerFactory.Create(logging => logging.AddProvider(Logs).SetMinimumLevel(LogLevel.Trace));
        Options = new TelemetryOptions
        {
            AppVersion = "1.6.0",
            Server = server,
            InstanceUrl = "https://cloud.example.org",
            StateDirectory = Path.Combine(Root, "state"),
            Variable = Variables.GetValueOrDefault,
        };
    }

    public FakeTimeProvider Time { get; }

    /// <summary>The clock, unless a test gave its own.</summary>
    public SteppedTime Steps => (SteppedTime)Time;

    public TelemetryOptions Options { get; }

    public CapturedLogs Logs { get; } = new();

    public Dictionary<string, string?> Variables { get; } = [];

    /// <summary>Exists; the state directory in it need not.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("telemetry-test-").FullName;

    public string StateDirectory => Options.StateDirectory!;

    public Func<CancellationToken, ValueTask<UsageSnapshot<Usage>>> Collector { get; set; } =
        _ => ValueTask.FromResult(new UsageSnapshot<Usage>
        {
            Users = new Users { Total = 12 },
            Usage = new Usage { Rooms = 0 },
        });

    public int Collected => _collected;

    /// <summary>A client as one of the app's processes has it.</summary>
    public TelemetryClient Client() => TelemetryClient.Create(Options, this, _factory.CreateLogger<TelemetryClient>(), Time);

    /// <summary>A client as a tool on the same machine has it.</summary>
    public TelemetryClient? Tool(string? key = null) =>
        TelemetryClient.Open(StateDirectory, key, Variables.GetValueOrDefault, Time);

    public ValueTask<UsageSnapshot<Usage>> CollectAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _collected);
        return Collector(cancellationToken);
    }

    public void Dispose()
    {
        _factory.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
