using static Telemetry.Cli.Tests.CliRunner;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Cli.Tests;

/// <summary>Which installations are listed, and in which order.</summary>
public sealed class InstancesCommandTests : IAsyncLifetime
{
    private static readonly string[] Countries = ["DE", "AT", "NL"];

    private readonly List<string> _ids = [];
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        foreach (var country in Countries)
        {
            var request = SampleReports.Request($"https://{country}.example");
            request.Report.Environment.Country = country;
            request.Report.AppVersion = country == "NL" ? "2.0.0" : "1.6.0";
            await new Wire.ReportingService.ReportingServiceClient(_server.Native).SubmitReportAsync(request);
            _server.Time.Advance(TimeSpan.FromDays(1));
        }

        await foreach (var instance in ListAsync())
        {
            _ids.Add(instance);
        }

        Assert.Equal(3, _ids.Count);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("", 0, 1, 2)]
    [InlineData("--country DE --country NL", 0, 2)]
    [InlineData("--app-version 2.0.0", 2)]
    [InlineData("--app formvox")]
    [InlineData("--app formvox --app roomvox --country AT", 1)]
    [InlineData("--where environment.country=DE --where environment.country=AT", 0, 1)]
    [InlineData("--where environment.country!=DE --where app_version=1.6.0", 1)]
    [InlineData("--where environment.country=")]
    [InlineData("--sort -first-seen", 2, 1, 0)]
    [InlineData("--sort -last-seen --limit 2", 2, 1)]
    [InlineData("--new-since 2026-11-21", 1, 2)]
    [InlineData("--seen-since 2026-11-21 --seen-before 2026-11-22", 1)]
    [InlineData("--seen-before 2026-11-20T12:00:01Z", 0)]
    [InlineData("--verdict refused")]
    public async Task Options_select_and_order(string options, params int[] expected)
    {
        var listed = new List<string>();
        await foreach (var id in ListAsync(options.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            listed.Add(id);
        }

        Assert.Equal(expected.Select(index => _ids[index]), listed);
    }

    [Fact]
    public async Task A_field_that_nobody_reports_is_refused_in_the_servers_words()
    {
        var (code, output, error) = await RunAsync("", [.. Command, "--where", "environment.hostname=x"]);

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("filter.fields[0].field must be the path of a field", error, StringComparison.Ordinal);
    }

    private string[] Command => ["instances", "--server", "http://" + _server.Native.Target, "--token", _server.AdminToken];

    private async IAsyncEnumerable<string> ListAsync(params string[] options)
    {
        var (code, output, error) = await RunAsync("", [.. Command, .. options]);
        Assert.Equal((0, ""), (code, error));
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            yield return line[..32];
        }
    }
}
