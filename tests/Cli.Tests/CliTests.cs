using System.Text.Json;
using Telemetry.Cli.Tests.Installation;
using Telemetry.Contracts.V1;
using static Telemetry.Cli.Tests.CliRunner;

namespace Telemetry.Cli.Tests;

/// <summary>The commands as a person runs them, against a running server.</summary>
public sealed class CliTests : IAsyncLifetime
{
    private TestServer _server = null!;

    private string Address => "http://" + _server.Native.Target;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_report_from_standard_input_is_stored_and_the_receipt_shown()
    {
        var (code, output, _) = await RunAsync(ReportText.Of(SampleReports.Of()), "report", "send", "-", "--server", Address);

        Assert.Equal(0, code);
        Assert.Contains("Stored as ", output, StringComparison.Ordinal);
        Assert.Contains("verdict community", output, StringComparison.Ordinal);
        Assert.Equal(1, _server.Store.Current.Number);
    }

    [Fact]
    public async Task A_refused_report_shows_every_field_and_rule()
    {
        var report = SampleReports.Of();
        report.Users.Total = 200_000_000;
        report.AppVersion = "";

        var (code, output, error) = await RunAsync(ReportText.Of(report), "report", "send", "-", "--server", Address);

        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains("users.total must be", error, StringComparison.Ordinal);
        Assert.Contains("app_version is required", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_became_of_a_report_is_one_json_object_when_asked_for()
    {
        var wrong = SampleReports.Of();
        wrong.Users.Total = 200_000_000;
        string[] args = ["report", "send", "-", "--json", "--server", Address];

        var (code, output, _) = await RunAsync(ReportText.Of(SampleReports.Of()), args);
        var (refusedCode, refusedOutput, refusedError) = await RunAsync(ReportText.Of(wrong), args);

        using var sent = JsonDocument.Parse(output);
        Assert.Equal(0, code);
        Assert.Equal("sent", sent.RootElement.GetProperty("outcome").GetString());
        Assert.Equal("community", sent.RootElement.GetProperty("receipt").GetProperty("verdict").GetString());
        using var refused = JsonDocument.Parse(refusedOutput);
        Assert.Equal(1, refusedCode);
        Assert.Empty(refusedError);
        Assert.Equal("rejected", refused.RootElement.GetProperty("outcome").GetString());
        var violation = Assert.Single(refused.RootElement.GetProperty("violations").EnumerateArray());
        Assert.Equal("users.total", violation.GetProperty("field").GetString());
    }

    [Theory]
    [InlineData(2, "no report in protobuf JSON", "nonsense", "report", "send", "-")]
    [InlineData(2, "cannot be read", "", "report", "send", "/nowhere/at/all")]
    [InlineData(2, "'tial'", "", "tial")]
    [InlineData(2, "--app is an app's name, e.g. roomvox", "", "instances", "--app", "room fox", "--token", "t")]
    [InlineData(2, "--verdict is one of: community, unverified, verified, refused", "", "instances", "--verdict", "bad", "--token", "t")]
    [InlineData(2, "--since is a day, e.g. 2026-05-01", "", "tail", "--since", "yesterday", "--token", "t")]
    [InlineData(2, "--sort is one of: first-seen, last-seen, report-count", "", "instances", "--sort", "country", "--token", "t")]
    [InlineData(2, "--where is FIELD=VALUE", "", "instances", "--where", "country", "--token", "t")]
    [InlineData(2, "is no address", "", "instances", "--server", "localhost", "--token", "t")]
    [InlineData(3, "refused", "", "instances", "--server", "http://127.0.0.1:1", "--token", "t")]
    public async Task A_mistake_is_told_in_words_and_by_the_exit_code(int expected, string words, string input, params string[] args)
    {
        var (code, _, error) = await RunAsync(input, args);

        Assert.Contains(words, error, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(expected, code);
    }

    [Fact]
    public async Task A_wrong_token_is_told()
    {
        foreach (var command in new[] { "instances", "tail" })
        {
            var (code, _, error) = await RunAsync("", command, "--server", Address, "--token", "wrong");

            Assert.Equal(4, code);
            Assert.Contains("not known here", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_interrupted_command_says_so_by_its_exit_code()
    {
        using var app = await InstalledApp.StartedAsync(_server);
        await using var output = new StringWriter();
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        foreach (var args in new string[][] { ["send", "--state", app.State], ["instances", "--server", Address, "--token", _server.AdminToken] })
        {
            var code = await CliProgram.RunAsync(
                args, app.Around(new CliConsole(TextReader.Null, output, output)), cancellation.Token);

            Assert.Equal(130, code);
        }
    }

    [Fact]
    public async Task Tail_prints_events_as_json_and_resumes_from_its_state_file()
    {
        var state = Path.GetTempFileName();
        File.Delete(state);
        string[] tail =
        [
            "tail", "--server", Address, "--token", _server.AdminToken, "--json", "--state", state, "--from-beginning",
            "--limit", "2",
        ];
        try
        {
            await SubmitAsync(1, 2, 3, 4);
            var (first, firstOutput, _) = await RunAsync("", tail);
            var (second, secondOutput, _) = await RunAsync("", tail);

            Assert.Equal(0, first + second);
            Assert.Equal(["1", "2", "3", "4"], (firstOutput + secondOutput).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("position").GetProperty("number").GetString()));
        }
        finally
        {
            File.Delete(state);
        }
    }

    [Fact]
    public async Task Tail_prints_a_line_for_people_and_filters()
    {
        await SubmitAsync(1, 2);
        var report = SampleReports.Of("https://austria.example");
        report.Environment.Country = "AT";
        await new ReportingService.ReportingServiceClient(_server.Native).SubmitReportAsync(new() { Report = report });

        var (code, output, _) = await RunAsync(
            "", "tail", "--server", Address, "--token", _server.AdminToken, "--from-beginning", "--country", "AT", "--limit", "1");

        Assert.Equal(0, code);
        Assert.Matches(@"^2026-11-20 12:00:00 +3  [0-9a-f]{8}  roomvox 1\.4\.0 +AT  community +users=25 rooms=5 room_groups=2 average_capacity=36\.25 +instance-discovered\n$", output);
    }

    [Fact]
    public async Task Instances_are_listed_and_one_is_shown_by_id_hash_or_URL()
    {
        await SubmitAsync(1, 2, 3);

        var (_, list, _) = await RunAsync("", "instances", "--server", Address, "--token", _server.AdminToken, "--json");
        var ids = list.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("instanceId").GetString()!).ToList();

        Assert.Equal(3, ids.Count);
        foreach (var which in new[] { ids[1], SampleReports.HashOf("https://cli-2.example"), "https://CLI-2.example/" })
        {
            var (code, shown, _) = await RunAsync(
                "", "instances", "show", which, "--server", Address, "--token", _server.AdminToken);
            Assert.Equal(0, code);
            Assert.StartsWith(ids[1], shown, StringComparison.Ordinal);
            Assert.EndsWith("users=25 rooms=5 room_groups=2 average_capacity=36.25\n", shown, StringComparison.Ordinal);
        }
    }

    private async Task SubmitAsync(params int[] numbers)
    {
        var client = new ReportingService.ReportingServiceClient(_server.Native);
        foreach (var number in numbers)
        {
            await client.SubmitReportAsync(SampleReports.Request($"https://cli-{number}.example"));
        }
    }
}
