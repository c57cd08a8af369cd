using System.Net;
using System.Net.Sockets;
using Telemetry.Testing;

namespace Telemetry.EndToEnd.Tests.Start;

/// <summary>The server where no developer ever started it.</summary>
public sealed class ForeignEnvironmentTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-foreign-").FullName;

    private string Data => Path.Combine(_directory, "data");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Variables_of_others_that_begin_alike_do_not_stop_it()
    {
        foreach (var variables in new[] { Surroundings.OwnVariables, Surroundings.Kubernetes })
        {
            using var server = await ServerProcess.StartAsync(ServerStart.On(Data) with { Environment = variables });

            Assert.DoesNotContain(server.Lines, line => line.StartsWith("Note ", StringComparison.Ordinal) && line.Contains("TELEMETRY_", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_setting_with_too_few_underscores_is_told()
    {
        var start = ServerStart.On(Data) with { Environment = new Dictionary<string, string?> { ["TELEMETRY_SERVER_DATA"] = "/elsewhere" } };
        using var server = await ServerProcess.StartAsync(start);

        Assert.Contains(
            "Note   The environment variable TELEMETRY_SERVER_DATA is no setting. Did you mean TELEMETRY_Server__Data?", server.Lines);
    }

    [Fact]
    public async Task A_setting_from_the_environment_counts_and_a_misspelt_one_is_refused_with_the_nearest_name()
    {
        var elsewhere = Path.Combine(_directory, "elsewhere");
        var start = new ServerStart
        {
            Arguments = ServerStart.FreePorts,
            Environment = new Dictionary<string, string?> { ["TELEMETRY_SERVER__DATA"] = elsewhere },
        };
        using (await ServerProcess.StartAsync(start))
        {
            Assert.True(File.Exists(Path.Combine(elsewhere, "telemetry.db")));
        }

        var (exitCode, output) = await ServerProcess.RunToEndAsync(
            ServerStart.On(Data) with { Environment = new Dictionary<string, string?> { ["TELEMETRY_SERVER__HTPP"] = "*:80" } });

        Assert.Equal(1, exitCode);
        Assert.Contains("Unknown configuration key 'Server:HTPP'. Did you mean 'Server:Http'?", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_account_without_home_and_privileges_can_run_it()
    {
        using var server = await ServerProcess.StartAsync(
            ServerStart.On(Data) with { Environment = Surroundings.Homeless, Under = Surroundings.Unprivileged });
        using var http = new HttpClient { BaseAddress = server.Http };

        Assert.Equal("ready\n", await http.GetStringAsync("healthz"));
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task A_working_directory_that_may_not_be_read_or_is_gone_does_not_stop_it()
    {
        var closed = Directory.CreateDirectory(Path.Combine(_directory, "closed")).FullName;
        var gone = Directory.CreateDirectory(Path.Combine(_directory, "gone")).FullName;
        string[] inside = ["sh", "-c", $"cd {closed} && chmod 000 . && exec \"$@\"", "sh"];
        string[] nowhere = ["sh", "-c", $"cd {gone} && rmdir {gone} && exec \"$@\"", "sh"];

        using (await ServerProcess.StartAsync(ServerStart.On(Data) with { Under = [.. inside, .. Surroundings.Unprivileged] }))
        {
            File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        using (await ServerProcess.StartAsync(ServerStart.On(Data) with { Under = nowhere }))
        {
            Assert.False(Directory.Exists(gone));
        }
    }

    [Fact]
    public async Task Every_address_is_listened_on_with_a_star()
    {
        using var server = await ServerProcess.StartAsync(ServerStart.On(Data, "--http", "*:0"));
        using var http = new HttpClient { BaseAddress = server.Http };

        Assert.Equal("ready\n", await http.GetStringAsync("healthz"));
        Assert.Contains(server.Lines, line => line.StartsWith("Note   An outside address is open without TLS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_demo_beside_another_server_takes_free_ports_and_a_directory_of_its_own()
    {
        using var http = Hold(8080);
        using var grpc = Hold(8081);
        // As one that began yesterday, which has less to write.
        var own = Directory.CreateDirectory(Path.Combine(_directory, "telemetry-demo")).FullName;
        await File.WriteAllTextAsync(Path.Combine(own, "demo.json"), $$"""{"FirstDay":"{{TimeProvider.System.GetUtcNow().AddDays(-1):yyyy-MM-dd}}"}""");
        await File.WriteAllTextAsync(Path.Combine(_directory, "telemetry.json"), $$$"""{"Server":{"Data":"{{{Data}}}","SecretFile":"{{{Data}}}/secret"}}""");
        using var demo = await ServerProcess.StartAsync(new ServerStart
        {
            Arguments = ["--demo"],
            WorkingDirectory = _directory,
            Environment = new Dictionary<string, string?> { ["XDG_DATA_HOME"] = _directory, ["TELEMETRY_Licensing__KeyDirectory"] = Data },
        });
        using var client = new HttpClient { BaseAddress = demo.Http };

        Assert.Equal("ready\n", await client.GetStringAsync("healthz"));
        Assert.NotEqual(8080, demo.Http.Port);
        Assert.NotEqual(8081, demo.Grpc.Port);
        Assert.Contains(demo.Lines, line => line.StartsWith("Note   A default port is in use", StringComparison.Ordinal));
        Assert.Contains($"Demo   A simulated fleet, all of it invented, in {own}", demo.Lines);
        Assert.True(File.Exists(Path.Combine(own, "telemetry.db")));
        Assert.True(File.Exists(Path.Combine(own, "secret.key")));
        // What is set for the real server is not the demo's.
        Assert.False(Directory.Exists(Data));
    }

    /// <summary>The port is somebody else's from now on, if it is not already.</summary>
    private static TcpListener Hold(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            // As good.
        }

        return listener;
    }
}
