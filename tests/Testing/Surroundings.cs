using System.Net;
using System.Net.Sockets;

namespace Telemetry.Testing;

/// <summary>Places a server may find itself in that no developer's machine is like.</summary>
internal static class Surroundings
{
    /// <summary>
    /// Without any privilege: below 1024 no port, and no way around a file's mode. For root by dropping all
    /// capabilities, so that the built files stay readable wherever they are.
    /// </summary>
    public static readonly IReadOnlyList<string> Unprivileged = System.Environment.IsPrivilegedProcess
        ? ["setpriv", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]
        : [];

    /// <summary>A service account without a home, as containers have it.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Homeless = new Dictionary<string, string?>
    {
        ["HOME"] = null,
        ["DOTNET_CLI_HOME"] = null,
        ["XDG_DATA_HOME"] = null,
        ["USER"] = null,
        ["LANG"] = "C",
    };

    /// <summary>What this product's other programs read, and people export in their shells.</summary>
    public static readonly IReadOnlyDictionary<string, string?> OwnVariables = new Dictionary<string, string?>
    {
        ["TELEMETRY_TOKEN"] = "tlm_0",
        ["TELEMETRY_STATE"] = "/var/lib/app/state",
        ["TELEMETRY_SERVER"] = "http://127.0.0.1:8081",
        ["TELEMETRY_TEST_KILLS"] = "50",
    };

    /// <summary>What Kubernetes tells every pod of a Service called "telemetry" with two named ports.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Kubernetes = new Dictionary<string, string?>
    {
        ["TELEMETRY_SERVICE_HOST"] = "10.96.0.17",
        ["TELEMETRY_SERVICE_PORT"] = "8080",
        ["TELEMETRY_SERVICE_PORT_HTTP"] = "8080",
        ["TELEMETRY_SERVICE_PORT_GRPC"] = "8081",
        ["TELEMETRY_PORT"] = "tcp://10.96.0.17:8080",
        ["TELEMETRY_PORT_8080_TCP"] = "tcp://10.96.0.17:8080",
        ["TELEMETRY_PORT_8080_TCP_PROTO"] = "tcp",
        ["TELEMETRY_PORT_8080_TCP_PORT"] = "8080",
        ["TELEMETRY_PORT_8080_TCP_ADDR"] = "10.96.0.17",
    };

    /// <summary>In front of the server, a file system of so many kilobytes over a directory.</summary>
    public static IReadOnlyList<string> SmallDisk(string directory, int kilobytes) =>
    [
        "unshare", System.Environment.IsPrivilegedProcess ? "-m" : "-rm", "sh", "-c",
        $"mount -t tmpfs -o size={kilobytes}k tmpfs '{directory}' && exec \"$@\"", "sh",
    ];

    /// <summary>Somebody else's port, for as long as the result lives.</summary>
    public static TakenPort TakePort() => new();
}

/// <inheritdoc cref="Surroundings.TakePort"/>
internal sealed class TakenPort : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public TakenPort() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Stop();
}
