using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Contracts.V1;
using static Telemetry.Cli.Tests.CliRunner;

namespace Telemetry.Cli.Tests;

/// <summary>What all commands that ask a server have in common, and each must keep.</summary>
public sealed class ServerCommandTests : IAsyncLifetime
{
    /// <summary>A contract that breaks no rule.</summary>
    private static readonly string Contract = KeepContract();

    private TestServer _server = null!;

    private string Address => "http://" + _server.Native.Target;

    public static TheoryData<string> CommandsWithToken =>
    [
        "tail", "instances", "instances show x", "licenses issue --customer C-1 --app roomvox",
        "licenses list", "licenses show x", "licenses change x --grace 1", "licenses suspend x", "licenses resume x",
        "apps list", "apps show invoicer", $"apps register {Contract}", $"apps check {Contract}", "licenses revoke x --yes", "licenses release x y", "licenses usage x", "licenses refused", "licenses rotate-key",
    ];

    public static TheoryData<string> Commands => ["report send -", "licenses root-key", .. CommandsWithToken.Select(row => row.Data)];

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_explains_a_port_of_another_kind_and_prints_nothing(string command)
    {
        using var foreign = new TcpListener(IPAddress.Loopback, 0);
        foreign.Start();
        var greeting = GreetAsync(foreign);
        (string Address, string Words)[] wrong =
        [
            ($"http://{_server.Http.Authority}", "HTTP/1.1"),
            ($"https://{_server.Native.Target}", "TLS"),
            ($"http://{foreign.LocalEndpoint}", foreign.LocalEndpoint.ToString()!),
            ("http://127.0.0.1:1", "Nothing listens at http://127.0.0.1:1"),
        ];
        foreach (var (address, words) in wrong)
        {
            var (code, output, error) = await AskAsync(command, address);

            Assert.Equal((3, ""), (code, output));
            Assert.Contains(words, error, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", error, StringComparison.Ordinal);
            Assert.DoesNotContain("disposed", error, StringComparison.Ordinal);
        }

        foreign.Stop();
        await Patience.For(greeting, "the listener stops");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_gives_up_a_server_that_takes_the_connection_and_never_answers(string command)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        string[] args =
            [.. command.Split(' '), "--server", $"http://{silent.LocalEndpoint}", .. command == "report send -" ? [] : (string[])["--token", "t"]];

        var (code, output, error) = await Patience.For(
            RunAsync(console => console with { Time = time }, ReportText.Of(SampleReports.Of()), args),
            () => time.Advance(TimeSpan.FromMilliseconds(100)), command);

        Assert.NotEqual(0, code);
        Assert.Equal("", output);
        Assert.Matches($"{silent.LocalEndpoint} did not answer within 1[05] seconds", error);
        Assert.DoesNotContain("HTTP/1.1", error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(CommandsWithToken))]
    public async Task Nothing_is_printed_before_the_server_agreed(string command)
    {
        var (code, output, error) = await AskAsync(command, Address);

        Assert.Equal((4, ""), (code, output));
        Assert.Contains("not known here", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TELEMETRY_TOKEN is empty.", "TELEMETRY_TOKEN", "")]
    [InlineData("TELEMETRY_TOKEN is empty.", "TELEMETRY_TOKEN", " \n")]
    [InlineData("TELEMETRY_SERVER is empty.", "TELEMETRY_SERVER", "")]
    [InlineData("--token is empty.", "TELEMETRY_TOKEN", "t", "--token", "")]
    [InlineData("--server is empty.", "TELEMETRY_TOKEN", "t", "--server", "")]
    [InlineData("characters that no token has", "TELEMETRY_TOKEN", "tlm_1\ntlm_2")]
    [InlineData("is no address", "TELEMETRY_SERVER", "http://user:password@127.0.0.1:1")]
    [InlineData("is no address", "TELEMETRY_SERVER", "http://127.0.0.1:1/telemetry")]
    public async Task What_is_empty_or_misspelt_is_told_instead_of_sent(
        string words, string variable, string value, params string[] args)
    {
        var (code, output, error) = await RunAsync(
            console => console with { Variable = name => name == variable ? value : null }, "", ["instances", .. args]);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("telemetry --help", "tial")]
    [InlineData("telemetry licenses --help", "licenses")]
    [InlineData("telemetry licenses issue --help", "licenses", "issue")]
    [InlineData("telemetry instances show --help", "instances", "show")]
    [InlineData("telemetry report send --help", "report", "send", "/nowhere/at/all")]
    [InlineData("telemetry tail --help", "tail", "--limit", "0", "--token", "t")]
    [InlineData("telemetry instances --help", "instances", "--limit", "99999999999", "--token", "t")]
    public async Task Wrong_usage_names_the_help_of_the_command_that_was_meant(string help, params string[] args)
    {
        var (code, output, error) = await RunAsync("", args);

        Assert.Equal((2, ""), (code, output));
        Assert.EndsWith($"Try '{help}'.\n", error, StringComparison.Ordinal);
        var (helpCode, helpOutput, _) = await RunAsync("", help.Split(' ')[1..]);
        Assert.Equal(0, helpCode);
        // The program is named after its file, which is the tests' own here.
        Assert.Contains(help["telemetry".Length..^" --help".Length], helpOutput, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nowhere/at/all/position")]
    [InlineData("/proc/version")]
    [InlineData("/tmp")]
    public async Task A_position_that_cannot_be_kept_is_told_before_anything_is_shown(string state)
    {
        var (code, output, error) = await RunAsync(
            "", "tail", "--server", Address, "--token", _server.AdminToken, "--from-beginning", "--state", state);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains($"The state file '{state}' cannot be written", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_file_with_something_else_in_it_is_refused_and_kept()
    {
        var state = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(state, "a letter to somebody");

            var (code, _, error) = await RunAsync(
                "", "tail", "--server", Address, "--token", _server.AdminToken, "--state", state);

            Assert.Equal(2, code);
            Assert.Contains("holds no position", error, StringComparison.Ordinal);
            Assert.Equal("a letter to somebody", await File.ReadAllTextAsync(state));
        }
        finally
        {
            File.Delete(state);
            File.Delete(state + ".new");
        }
    }

    [Fact]
    public async Task Events_that_are_no_longer_kept_are_a_line_of_the_JSON()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-cli-").FullName;
        var server = await TestServer.StartAsync(data);
        try
        {
            var authority = server.Native.Target;
            await using var lines = new LineWriter();
            using var enough = new CancellationTokenSource();
            await SubmitAsync(1);
            var tail = CliProgram.RunAsync(
                ["tail", "--server", "http://" + authority, "--token", server.AdminToken, "--from-beginning", "--json"],
                new CliConsole(TextReader.Null, lines, TextWriter.Null), enough.Token);
            Assert.Equal("1", (await lines.NextAsync()).GetProperty("position").GetProperty("number").GetString());

            // Elsewhere, where the reader does not find it.
            await server.DisposeAsync();
            server = await TestServer.StartAsync(data);
            await SubmitAsync(2, 3, 4);
            await server.Store.DropThroughAsync(3, CancellationToken.None);
            await server.DisposeAsync();
            server = await TestServer.StartAsync(data, settings: "Server:Grpc=" + authority);

            var gap = (await lines.NextAsync()).GetProperty("gap");
            Assert.Equal("2", gap.GetProperty("fromNumber").GetString());
            Assert.Equal("3", gap.GetProperty("toNumber").GetString());
            Assert.Equal("4", (await lines.NextAsync()).GetProperty("position").GetProperty("number").GetString());
            await enough.CancelAsync();
            Assert.Equal(130, await Patience.For(tail, "tail ends"));
        }
        finally
        {
            await server.DisposeAsync();
            Directory.Delete(data, recursive: true);
        }

        async Task SubmitAsync(params int[] numbers)
        {
            foreach (var number in numbers)
            {
                await new ReportingService.ReportingServiceClient(server.Native)
                    .SubmitReportAsync(SampleReports.Request($"https://gap-{number}.example"));
            }
        }
    }

    private Task<(int Code, string Output, string Error)> AskAsync(string command, string address)
    {
        string[] args = [.. command.Split(' '), "--server", address];
        return command is "report send -"
            ? RunAsync(ReportText.Of(SampleReports.Of()), args)
            : RunAsync("", [.. args, "--token", "wrong"]);
    }

    private static string KeepContract()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "invoicer.binpb");
        File.WriteAllBytes(path, new MadeUpContract().ToSet().ToByteArray());
        return path;
    }

    /// <summary>Something else that listens there.</summary>
    private static async Task GreetAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var caller = await listener.AcceptSocketAsync();
                await caller.SendAsync(Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH_9.2\r\n"));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException or OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>What a command printed, line by line as it comes.</summary>
    private sealed class LineWriter : StringWriter
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public override void WriteLine(string? value) => _lines.Writer.TryWrite(value!);

        public async Task<JsonElement> NextAsync() =>
            JsonElement.Parse(await Patience.For(_lines.Reader.ReadAsync().AsTask(), "a line comes"));
    }
}
