using Telemetry.Client;
using Telemetry.Contracts.Apps.RoomVox.V1;

namespace Telemetry.ClientSdk.Tests.Consent;

/// <summary>Installations in every state that an administrator or a disk can bring about, asked through the front door.</summary>
internal sealed class ConsentFixture : IDisposable
{
    /// <summary>What the state can say; "unreadable" is a damaged file, "–" one in which nothing is decided.</summary>
    public static readonly string[] Administrators = ["–", "on", "local", "off", "unreadable"];

    private readonly string _folder = Directory.CreateTempSubdirectory("telemetry-consent-").FullName;

    public static async Task<ConsentFixture> CreateAsync()
    {
        var fixture = new ConsentFixture();
        foreach (var administrator in Administrators)
        {
            await using var client = fixture.Client(administrator, null, default, _ => null);
            await client.PreviewAsync();
            if (Enum.TryParse<ReportingMode>(administrator, ignoreCase: true, out var mode))
            {
                await client.SetModeAsync(mode);
            }
            else if (administrator == "unreadable")
            {
                await client.SetModeAsync(ReportingMode.On);
                await File.WriteAllTextAsync(Path.Combine(client.GetStatus().StateDirectory, "state.json"), "{\"mode\":");
            }
        }

        return fixture;
    }

    public ConsentDecision Decide(
        string administrator, ReportingMode? commandLine, ConsentModel model, Func<string, string?> variable)
    {
        using var client = Client(administrator, commandLine, model, variable);
        return client.GetStatus().Consent;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TelemetryClient Client(
        string administrator, ReportingMode? commandLine, ConsentModel model, Func<string, string?> variable) => TelemetryClient.Create(
        new TelemetryOptions
        {
            AppVersion = "1.6.0",
            Server = new Uri("http://127.0.0.1:1"),
            InstanceUrl = "https://cloud.example.org",
            StateDirectory = Path.Combine(_folder, administrator),
            CommandLineMode = commandLine,
            Consent = model,
            Variable = variable,
        },
        new Nothing());

    private sealed class Nothing : IUsageCollector<Usage>
    {
        public ValueTask<UsageSnapshot<Usage>> CollectAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new UsageSnapshot<Usage>());
    }
}
