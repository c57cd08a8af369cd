using System.Net;
using System.Net.Sockets;
using Telemetry.Client;
using Telemetry.Contracts.Apps.RoomVox.V1;
using Telemetry.Testing;

namespace Telemetry.EndToEnd.Tests;

/// <summary>An app whose reports are off, watched from outside: system calls and threads.</summary>
public sealed class OffMeansOffTests : IDisposable
{
    private static readonly Dictionary<string, string> Nothing = [];

    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-test-").FullName;

    [Theory]
    [InlineData("DO_NOT_TRACK", "1")]
    [InlineData("ROOMVOX_TELEMETRY_OPTOUT", "true")]
    [InlineData("", "")]
    public async Task Off_makes_no_connection_no_lookup_and_no_thread(string variable, string value)
    {
        if (variable.Length == 0)
        {
            await SwitchAsync(ReportingMode.Off);
        }

        var variables = new Dictionary<string, string>(Nothing);
        if (variable.Length > 0)
        {
            variables.Add(variable, value);
        }

        var (output, calls) = await ProbeProcess.TraceAsync(
            variables, "days", "WITH", _directory, "http://telemetry.invalid:8081");
        var (bare, _) = await ProbeProcess.TraceAsync(Nothing, "days", "WITHOUT", _directory, "http://telemetry.invalid:8081");

        Assert.DoesNotContain("AF_INET", calls, StringComparison.Ordinal);
        Assert.DoesNotContain("AF_NETLINK", calls, StringComparison.Ordinal);
        Assert.DoesNotContain("connect(", calls, StringComparison.Ordinal);
        Assert.Equal(ThreadsIn(bare), ThreadsIn(output));
    }

    [Fact]
    public async Task On_is_seen_by_the_same_watch()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        silent.Stop();

        var (output, calls) = await ProbeProcess.TraceAsync(Nothing, "days", "WITH", _directory, $"http://localhost:{port}");

        Assert.Contains("AF_INET", calls, StringComparison.Ordinal);
        Assert.Contains("connect(", calls, StringComparison.Ordinal);
        Assert.Contains(".NET Sockets", ThreadsIn(output));
    }

    [Fact]
    public async Task Switching_off_here_ends_a_send_that_is_under_way_in_another_process()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var server = $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}";
        using var process = ProbeProcess.Start(Nothing, "send", _directory, server);
        using var connection = await RawServer.ReceiveReportAsync(silent);

        await SwitchAsync(ReportingMode.Off);

        // Not sooner than 15 seconds without the switch.
        Assert.Equal("MayHaveArrived", (await Patience.For(process.StandardOutput.ReadToEndAsync(), "the send ends")).Trim());
        await Patience.For(process.WaitForExitAsync(), "the process ends");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>As a tool on the same machine does it.</summary>
    private async Task SwitchAsync(ReportingMode mode)
    {
        var options = new TelemetryOptions
        {
            AppVersion = "1.6.0",
            InstanceUrl = "https://cloud.example.org",
            StateDirectory = _directory,
            Server = new Uri("http://telemetry.invalid:8081"),
        };
        await using var client = TelemetryClient.Create(options, new Nobody());
        Assert.Equal(mode, (await client.SetModeAsync(mode)).Mode);
    }

    private static SortedSet<string> ThreadsIn(string output) =>
        [.. output.Split('\n').Where(line => line.StartsWith("thread ", StringComparison.Ordinal)).Select(line => line[7..])];

    private sealed class Nobody : IUsageCollector<Usage>
    {
        public ValueTask<UsageSnapshot<Usage>> CollectAsync(CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nothing is collected to switch.");
    }
}
