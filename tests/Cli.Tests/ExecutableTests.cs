using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Tests;

/// <summary>The real executable with full disks, readers that leave, signals and foreign environments.</summary>
public sealed class ExecutableTests : IAsyncLifetime
{
    private TestServer _server = null!;

    private Dictionary<string, string> Environment => new()
    {
        ["TELEMETRY_SERVER"] = "http://" + _server.Native.Target,
        ["TELEMETRY_TOKEN"] = _server.AdminToken,
    };

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        await new ReportingService.ReportingServiceClient(_server.Native)
            .SubmitReportAsync(SampleReports.Request("https://executable.example"));
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("--help")]
    [InlineData("licenses", "issue", "--help")]
    [InlineData("instances")]
    [InlineData("instances", "--json")]
    [InlineData("tail", "--from-beginning")]
    [InlineData("tail", "--from-beginning", "--json")]
    [InlineData("licenses", "list")]
    public async Task Output_that_cannot_be_written_is_a_failure_with_words(params string[] args)
    {
        var (code, _, error) = await CliProcess.RunAsync("> /dev/full", Environment, args);

        Assert.Equal("Standard output cannot be written: No space left on device\n", error);
        Assert.Equal(1, code);
    }

    [Fact]
    public async Task Diagnostics_that_cannot_be_written_change_nothing()
    {
        var (code, _, _) = await CliProcess.RunAsync("2> /dev/full", Environment, "instances", "--limit", "none");

        Assert.Equal(2, code);
    }

    [Fact]
    public async Task Tail_ends_quietly_when_its_reader_leaves_though_no_event_comes()
    {
        using var tail = CliProcess.Start("", Environment, "tail", "--from-beginning");
        Assert.NotNull(await Patience.For(tail.Output.ReadLineAsync(), "the first event"));

        tail.Output.Close();

        Assert.Equal((141, ""), await tail.EndAsync());
    }

    [Fact]
    public async Task A_list_ends_quietly_when_nobody_reads_it()
    {
        using var list = CliProcess.Start("", Environment, "instances");

        list.Output.Close();

        Assert.Equal((141, ""), await list.EndAsync());
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_ends_tail_cleanly_with_the_exit_code_that_shells_have_for_it(string signal, int expected)
    {
        using var tail = CliProcess.Start("", Environment, "tail", "--from-beginning");
        Assert.NotNull(await Patience.For(tail.Output.ReadLineAsync(), "the first event"));

        await tail.SignalAsync(signal);

        var (code, error) = await tail.EndAsync();
        Assert.Equal(expected, code);
        Assert.Matches(@"^To go on from here: telemetry tail --after [\w-]{23}\nInterrupted\.\n$", error);
    }

    [Fact]
    public async Task A_signal_ends_the_wait_for_standard_input()
    {
        using var send = CliProcess.Start("", Environment, "report", "send", "-");
        await ReadsItsInputAsync(send);

        await send.SignalAsync("INT");

        Assert.Equal((130, "Interrupted.\n"), await send.EndAsync());
    }

    [Theory]
    [InlineData("de_DE.ISO-8859-1")]
    [InlineData("C")]
    public async Task Output_is_UTF_8_in_every_locale_and_commands_no_terminal(string locale)
    {
        var (code, _, error) = await CliProcess.RunAsync(
            "", new() { ["LC_ALL"] = locale, ["TERM"] = "no-such-terminal" }, "instances", "--server", "b\u00fcro\u001b[31m\u009b1m");

        Assert.Equal(2, code);
        Assert.Contains("'b\u00fcro?[31m??1m' is no address", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_home_the_state_directory_is_asked_for()
    {
        var (code, output, error) = await CliProcess.RunAsync("", [], "status");

        Assert.Equal((2, ""), (code, output));
        Assert.Contains("--state DIR, or set TELEMETRY_STATE", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_that_is_not_UTF_8_is_refused()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, [(byte)'{', (byte)'"', 0xFC, (byte)'"', (byte)'}']);

            var (fileCode, _, fileError) = await CliProcess.RunAsync("", Environment, "report", "send", file);
            var (code, _, error) = await CliProcess.RunAsync($"< {file}", Environment, "report", "send", "-");

            Assert.Equal((2, 2), (fileCode, code));
            Assert.Contains("is not UTF-8", fileError, StringComparison.Ordinal);
            Assert.Contains("Standard input is not UTF-8", error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>It takes what is written to it only when it reads: more than a pipe holds.</summary>
    private static async Task ReadsItsInputAsync(CliProcess process) =>
        await Patience.For(process.Input.WriteAsync(new string(' ', 1 << 20)), "the command reads");
}
