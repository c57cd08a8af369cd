using System.Text.Json;
using static Telemetry.Cli.Tests.CliRunner;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Cli.Tests;

/// <summary>Questions about the fleet, typed.</summary>
public sealed class InsightsCommandTests : IAsyncLifetime
{
    private static readonly (string Country, string Version, string Php, uint? Users)[] Fleet =
    [
        ("DE", "1.6.0", "8.2.1", 100), ("DE", "1.6.0", "8.2.9", 40), ("DE", "1.10.0", "8.3.1", 10), ("AT", "1.10.0", "8.3.2", 20),
        ("NL", "1.6.0", "", 30), ("", "1.9.0", "8.4.1", null),
    ];

    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-cli-").FullName;
    private TestServer _server = null!;

    private string[] Connection => ["--server", "http://" + _server.Native.Target, "--token", _server.AdminToken];

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        for (var i = 0; i < Fleet.Length; i++)
        {
            await ReportAsync(i, Fleet[i].Version);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Groups_are_a_table_with_shares_and_bars_and_unknown_last()
    {
        var lines = await LinesAsync("query", "--by", "environment.country");

        Assert.StartsWith("Installations, active in 7 days, on 2026-11-20, a day that is not over: 6. True for position 6, 2026-11-20 12:00:00.", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            [
                "",
                "ENVIRONMENT.COUNTRY  COUNT   SHARE",
                "DE                       3  50.0 %  ████████████████████████",
                "AT                       1  16.7 %  ████████",
                "NL                       1  16.7 %  ████████",
                "unknown                  1  16.7 %  ░░░░░░░░",
            ],
            lines.Skip(1));
    }

    [Fact]
    public async Task Versions_stand_in_their_own_order_and_the_rest_says_how_many_it_holds()
    {
        Assert.Equal(["1.6.0", "1.9.0", "1.10.0"], FirstWords(await LinesAsync("query", "--by", "app_version", "--order", "own")));
        Assert.Equal(["8.2", "8.3", "8.4", "unknown"], FirstWords(await LinesAsync("query", "--by", "environment.php_version:2", "--order", "own")));
        Assert.Contains("rest (2 values)", await LinesAsync("query", "--by", "environment.php_version:2", "--top", "1") is var lines ? string.Join('\n', lines) : "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--filter environment.country=DE,AT", 4)]
    [InlineData("--filter environment.country!=DE", 3)]
    [InlineData("--filter environment.country=", 1)]
    [InlineData("--filter environment.php_version:2=8.2 --filter app_version=1.6.0", 2)]
    [InlineData("--app roomvox --active 1", 6)]
    [InlineData("--app formvox", 0)]
    [InlineData("--activity new", 6)]
    [InlineData("--activity gone", 0)]
    [InlineData("--closed", 0)]
    public async Task Options_select(string options, int expected)
    {
        var (code, output, _) = await RunAsync("", ["query", .. Connection, "--json", .. options.Split(' ')]);

        Assert.Equal(0, code);
        Assert.Equal(expected, Total(output));
    }

    [Fact]
    public async Task Figures_of_a_field_say_of_how_many_they_are()
    {
        var lines = await LinesAsync("query", "--by", "environment.country", "--measure", "sum:users.total", "--measure", "p50:users.total", "--filter", "environment.country=DE,");

        Assert.Equal(
            [
                "ENVIRONMENT.COUNTRY  SUM:USERS.TOTAL  OF  P50:USERS.TOTAL  OF",
                "DE                               150   3               40   3  ████████████████████████",
                "unknown                            -   0                -   0",
            ],
            lines.Skip(2));
    }

    [Fact]
    public async Task A_series_is_a_row_for_each_point_and_compares_with_the_time_before()
    {
        _server.Time.Advance(TimeSpan.FromDays(1));
        await ReportAsync(0, "1.10.0");
        var csv = (await RunAsync("", ["query", .. Connection, "--csv", "--active", "1", "--days", "3", "--compare"])).Output;

        Assert.Equal("day,count,previous\r\n2026-11-19,0,0\r\n2026-11-20,6,0\r\n2026-11-21,1,0\r\n", csv);
        var lines = await LinesAsync("query", "--active", "1", "--days", "2", "--by", "app_version");
        Assert.Equal(["DAY           1.10.0  1.6.0  1.9.0", "2026-11-20         2      3      1", "2026-11-21 …       1      0      0"], lines.Skip(2));
    }

    [Fact]
    public async Task JSON_is_the_servers_answer()
    {
        var (_, output, _) = await RunAsync("", ["query", .. Connection, "--json", "--by", "app_version"]);

        var answer = await new Wire.InsightsService.InsightsServiceClient(_server.Native).QueryAsync(
            new Wire.QueryRequest { GroupBy = { new Wire.Dimension { Field = "app_version" } } }, _server.Authorized);
        Assert.Equal(answer, Google.Protobuf.JsonParser.Default.Parse<Wire.QueryResponse>(output));
    }

    [Fact]
    public async Task A_watched_answer_comes_again_when_it_changes()
    {
        var watching = RunAsync("", ["query", .. Connection, "--json", "--watch", "--limit", "2"]);
        // Whenever it began, of what it has seen last one more is a change.
        for (var i = Fleet.Length; !watching.IsCompleted; i++)
        {
            await ReportAsync(i, "1.6.0");
            _server.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var (code, output, _) = await watching;
        Assert.Equal(0, code);
        var answers = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Total).ToList();
        Assert.Equal(2, answers.Count);
        Assert.True(answers[0] < answers[1]);
    }

    [Fact]
    public async Task What_can_be_asked_for_is_listed()
    {
        var lines = await LinesAsync("query", "--fields", "--app", "roomvox");

        Assert.Contains(lines, line => line.StartsWith("usage.rooms ", StringComparison.Ordinal) && line.Contains("--measure", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("environment.php_version ", StringComparison.Ordinal) && line.Contains("--by, versions", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_overview_has_a_row_for_all_and_for_each_app()
    {
        var lines = await LinesAsync("overview", "--day", "2026-11-20");

        Assert.StartsWith("Installations on 2026-11-20;", lines[0], StringComparison.Ordinal);
        Assert.Matches(@"^APP\s+ACTIVE 1\s+ACTIVE 7\s+ACTIVE 30\s+NEW", lines[2]);
        Assert.Matches(@"^all\s+6\s+6\s+6\s+6", lines[3]);
        Assert.Matches(@"^roomvox\s+6\s+6\s+6\s+6.* 200\s+1\.10\.0\s+33\.3 %$", lines[4]);
        Assert.Contains(lines, line => line is "Nothing needs a person." or "Needs a person:");
        Assert.StartsWith("app,active_1,active_7,", (await RunAsync("", ["overview", .. Connection, "--csv"])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Releases_come_with_who_is_behind()
    {
        var lines = await LinesAsync("releases", "roomvox", "--day", "2026-11-20");

        Assert.StartsWith("roomvox on 2026-11-20: 6 installations active in 7 days, 0 with an unknown version.", lines[0], StringComparison.Ordinal);
        Assert.Equal(["1.10.0", "1.9.0", "1.6.0"], FirstWords(lines).Take(3));
        Assert.Contains("Behind the newest release:", lines);
    }

    [Fact]
    public async Task Cohorts_are_months()
    {
        var lines = await LinesAsync("cohorts", "--months", "2");

        Assert.Contains(lines, line => line.StartsWith("2026-11  ", StringComparison.Ordinal) && line.Contains('6', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quality_tells_coverage_and_refusals()
    {
        _server.Time.Advance(TimeSpan.FromDays(1));
        await ReportAsync(0, "1.6.0");

        var lines = await LinesAsync("quality");

        Assert.Contains(lines, line => line.StartsWith("environment.country ", StringComparison.Ordinal) && line.Contains("83.3 %", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("No report was refused since", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("csv", "number,accepted_at")]
    [InlineData("jsonl", "{\"number\":1")]
    [InlineData("parquet", "PAR1")]
    public async Task A_file_is_written_in_the_format_of_its_name(string format, string begin)
    {
        var file = Path.Combine(_directory, "reports." + format);

        var (code, output, error) = await RunAsync("", ["export", "reports", .. Connection, "-o", file]);

        Assert.Equal((0, "", ""), (code, output, error));
        Assert.StartsWith(begin, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task Installations_and_answers_are_exported_as_they_were_selected()
    {
        var file = Path.Combine(_directory, "file");

        Assert.Equal(0, (await RunAsync("", ["export", "instances", .. Connection, "--filter", "environment.country=DE", "--format", "csv", "-o", file])).Code);
        Assert.Equal(1 + 3, (await File.ReadAllLinesAsync(file)).Length);
        Assert.Equal(0, (await RunAsync("", ["export", "query", .. Connection, "--by", "app_version", "--format", "jsonl", "--output", file])).Code);
        Assert.Equal(3, (await File.ReadAllLinesAsync(file)).Length);
        Assert.Equal(0, (await RunAsync("", ["export", "reports", .. Connection, "--before", "2026-11-20", "--format", "csv", "-o", file])).Code);
        Assert.Single(await File.ReadAllLinesAsync(file));
    }

    [Fact]
    public async Task A_refused_export_leaves_the_file_that_was_there()
    {
        var file = Path.Combine(_directory, "kept.csv");
        await File.WriteAllTextAsync(file, "kept");

        var (code, _, error) = await RunAsync("", ["export", "reports", .. Connection, "--app", "nobody", "-o", file]);

        Assert.Equal(1, code);
        Assert.Contains("reports.apps", error, StringComparison.Ordinal);
        Assert.Equal("kept", await File.ReadAllTextAsync(file));
        Assert.Equal([file], Directory.GetFiles(_directory));
    }

    [Theory]
    [InlineData("--filter is FIELD=VALUE", "query", "--filter", "environment.country")]
    [InlineData("--by takes FIELD", "query", "--by", "app_version:9")]
    [InlineData("--by can be given twice", "query", "--by", "app", "--by", "app_version", "--by", "verdict")]
    [InlineData("--measure is one of", "query", "--measure", "p101:users.total")]
    [InlineData("--activity is one of", "query", "--activity", "asleep")]
    [InlineData("--step is one of", "query", "--step", "year")]
    [InlineData("--day is a UTC day", "query", "--day", "yesterday")]
    [InlineData("--active is a whole number from 1 to 90", "query", "--active", "91")]
    [InlineData("cannot be had together", "query", "--json", "--csv")]
    [InlineData("--format is one of", "export", "reports", "-o", "reports.xlsx")]
    [InlineData("--output", "export", "reports")]
    public async Task A_mistake_is_told_before_anybody_is_asked(string words, params string[] command)
    {
        var (code, output, error) = await RunAsync("", [.. command, "--server", "http://127.0.0.1:1", "--token", "none"]);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_that_nobody_has_is_refused_in_the_servers_words()
    {
        var (code, output, error) = await RunAsync("", ["query", .. Connection, "--by", "environment.planet"]);

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("group_by[0].field must be the path of a dimension", error, StringComparison.Ordinal);
    }

    private static int Total(string json) => JsonDocument.Parse(json).RootElement.GetProperty("total").GetProperty("figures")[0]
        .GetProperty("values")[0].GetInt32();

    /// <summary>Of the rows below the header.</summary>
    private static IEnumerable<string> FirstWords(IEnumerable<string> lines) => lines.Skip(3).Select(line => line.Split(' ')[0]);

    private async Task<List<string>> LinesAsync(params string[] command)
    {
        var (code, output, error) = await RunAsync("", [.. command, .. Connection]);
        Assert.Equal((0, ""), (code, error));
        return [.. output.TrimEnd('\n').Split('\n')];
    }

    private async Task ReportAsync(int number, string version)
    {
        var (country, _, php, users) = Fleet[number % Fleet.Length];
        var request = SampleReports.Request($"https://{number}.example");
        request.Report.AppVersion = version;
        request.Report.Environment.Country = country;
        request.Report.Environment.Timezone = "";
        request.Report.Environment.PhpVersion = php;
        request.Report.Users = users is { } total ? new Wire.Users { Total = total } : null;
        await new Wire.ReportingService.ReportingServiceClient(_server.Native).SubmitReportAsync(request);
    }
}
