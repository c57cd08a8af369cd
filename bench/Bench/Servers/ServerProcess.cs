using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Bench.Servers;

/// <summary>A measured server: its own process, its own directory, its CPU and allocations read from outside.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    /// <summary>USER_HZ on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private readonly Process _process;
    private readonly string _allocations;

    private ServerProcess(Process process, string allocations, string data)
    {
        _process = process;
        _allocations = allocations;
        Data = data;
    }

    public string Data { get; }

    public IPEndPoint Grpc { get; private set; } = new(IPAddress.Loopback, 0);

    public IPEndPoint Http { get; private set; } = new(IPAddress.Loopback, 0);

    public string Token { get; private set; } = "";

    /// <summary>From the start of the process to its readiness.</summary>
    public TimeSpan StartUp { get; private set; }

    public double CpuSeconds
    {
        get
        {
            var fields = File.ReadAllText($"/proc/{_process.Id}/stat").Split(") ")[1].Split(' ');
            return (double.Parse(fields[11], CultureInfo.InvariantCulture)
                + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
    }

    public long AllocatedBytes
    {
        get
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(_allocations));
            var answer = new byte[sizeof(long)];
            socket.Receive(answer);
            return BitConverter.ToInt64(answer);
        }
    }

    public long WorkingSetMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 >> 20;
        }
    }

    public static ServerProcess NoOp() => Start(Binary("bench/NoOpServer", "NoOpServer.dll"), NewDirectory());

    /// <summary>All load comes from one address: limits by caller count it and let it pass.</summary>
    private static readonly string[] Raised =
    [
        "--Limits:NewInstallationsPerHour=2000000000", "--Limits:RequestsPerMinute=2000000000", "--Limits:RequestsAtOnce=1000000",
        "--Limits:BatchesAtOnce=1000000", "--Limits:ConnectionsPerCaller=1000000",
    ];

    public static ServerProcess Telemetry(string? data = null, params string[] settings) => StartTelemetry(data, [.. Raised, .. settings]);

    /// <summary>The same server, but nobody follows its log.</summary>
    public static ServerProcess WithoutInsights(params string[] settings) =>
        StartTelemetry(null, [.. Raised, .. settings], Binary("bench/WithoutInsights", "Telemetry.Bench.WithoutInsights.dll"));

    /// <summary>With the limits that it has by itself.</summary>
    public static ServerProcess Limited(params string[] settings) => StartTelemetry(null, settings);

    private static ServerProcess StartTelemetry(string? data, string[] settings, string? binary = null)
    {
        var directory = data ?? NewDirectory();
        return Start(
            binary ?? Binary("src/Server", "Telemetry.Server.dll"), directory,
            ["--data", Path.Combine(directory, "data"), "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", .. settings]);
    }

    public static ServerProcess Etcd()
    {
        var directory = NewDirectory();
        var (client, peer) = (FreePort(), FreePort());
        var start = new ProcessStartInfo("etcd")
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "--data-dir", directory, "--listen-client-urls", $"http://127.0.0.1:{client}",
                "--advertise-client-urls", $"http://127.0.0.1:{client}", "--listen-peer-urls", $"http://127.0.0.1:{peer}",
                "--quota-backend-bytes", "8000000000", "--log-level", "error",
            },
        };
        var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        WaitForPort(client);
        return new ServerProcess(process, "", directory) { Grpc = new IPEndPoint(IPAddress.Loopback, client) };
    }

    /// <summary>Stops the process and keeps its data.</summary>
    public void Stop()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        Stop();
        _process.Dispose();
        if (Directory.Exists(Data))
        {
            Directory.Delete(Data, recursive: true);
        }
    }

    private static ServerProcess Start(string binary, string directory, params string[] arguments)
    {
        var socket = Path.Combine(directory, "allocations.sock");
        File.Delete(socket);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(binary);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_STARTUP_HOOKS"] = Binary("bench/AllocationHook", "AllocationHook.dll");
        start.Environment["BENCH_ALLOCATION_SOCKET"] = socket;
        var watch = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        var server = new ServerProcess(process, socket, directory);
        while (process.StandardOutput.ReadLine() is { } line && !line.StartsWith("Ready", StringComparison.Ordinal))
        {
            server.Read(line);
        }

        server.StartUp = watch.Elapsed;
        _ = process.StandardOutput.ReadToEndAsync();
        return server.Grpc.Port == 0 ? throw new InvalidOperationException($"{binary} did not start.") : server;
    }

    private void Read(string line)
    {
        var match = Banner().Match(line);
        if (match is { Success: true })
        {
            var endpoint = IPEndPoint.Parse(match.Groups["address"].Value);
            (Grpc, Http) = match.Groups["name"].Value == "gRPC" ? (endpoint, Http) : (Grpc, endpoint);
        }
        else if (line.StartsWith("Admin token: ", StringComparison.Ordinal))
        {
            Token = line["Admin token: ".Length..];
        }
    }

    private static string NewDirectory() => Directory.CreateTempSubdirectory("telemetry-bench-").FullName;

    private static string Binary(string project, string name)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Telemetry.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Run inside the repository.");
        }

        return Path.Combine(root, project, "bin/Release/net10.0", name);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void WaitForPort(int port)
    {
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromSeconds(20);)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                socket.Poll(50_000, SelectMode.SelectError);
            }
        }

        throw new InvalidOperationException("The server does not listen.");
    }

    [GeneratedRegex(@"^(?<name>HTTP|gRPC) +http://(?<address>\S+?)/?(\s|$)")]
    private static partial Regex Banner();
}
