using Telemetry.Client.Licensing;

namespace Telemetry.ClientSdk.Licensing.Tests;

/// <summary>A server, a machine's clock and a state file, with as many clients one after another as a test wants.</summary>
internal sealed class LicenseFixture : IDisposable
{
    public static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public LicenseFixture()
    {
        Time = new JumpingClock(Begin);
        Server = new FakeLicenseServer(Begin);
        Folder = Directory.CreateTempSubdirectory("telemetry-license-").FullName;
        StateFile = Path.Combine(Folder, "license.json");
    }

    public FakeLicenseServer Server { get; }

    public JumpingClock Time { get; }

    public string Folder { get; }

    public string StateFile { get; }

    public LicenseClientOptions Options(
        string key = FakeLicenseServer.Key, string instance = FakeLicenseServer.Instance, string app = "roomvox",
        string? previous = null, string? stateFile = null, IList<string>? roots = null, bool inMemory = false) => new()
        {
            Key = key,
            InstanceHash = instance,
            PreviousInstanceHash = previous,
            App = app,
            RootKeys = roots ?? [Server.Root.Pem],
            StateFile = inMemory ? null : stateFile ?? StateFile,
        };

    public LicenseClient Open(LicenseClientOptions? options = null) =>
        LicenseClient.Open(Server, options ?? Options(), time: Time);

    /// <summary>A client that has the server's yes.</summary>
    public async Task<LicenseClient> OpenLicensedAsync()
    {
        var client = Open();
        Assert.Equal(LicenseState.Valid, (await client.CheckAsync()).State);
        return client;
    }

    /// <summary>True time passes, here and at the server.</summary>
    public void Advance(TimeSpan span)
    {
        Server.Now += span;
        Time.Advance(span);
    }

    /// <summary>Somebody moves this machine's clock.</summary>
    public void MoveClock(TimeSpan span) => Time.Jump(span);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
