using System.Text.Json;

namespace Telemetry.Cli.Tests.Installation;

public sealed class HistoryCommandTests
{
    [Fact]
    public async Task Before_the_first_attempt_there_is_none()
    {
        using var app = await InstalledApp.StartedAsync();

        Assert.Equal((0, "No report was tried yet.\n", ""), await app.RunAsync("history"));
        Assert.Equal((0, "", ""), await app.RunAsync("history", "--json"));
    }

    [Fact]
    public async Task Attempts_are_listed_the_latest_first_with_their_receipts()
    {
        await using var server = await TestServer.StartAsync();
        using var app = await InstalledApp.StartedAsync(server);
        await app.RunAsync("send");
        server.Time.Advance(TimeSpan.FromMinutes(5));
        await app.RunAsync("send");

        var (code, output, _) = await app.RunAsync("history");

        Assert.Equal(0, code);
        Assert.Matches("^2026-11-20 12:05:00 UTC  too-soon +[0-9a-f-]{36}\n", output);
        Assert.Matches("(?m)^2026-11-20 12:00:00 UTC  sent +[0-9a-f-]{36}$", output);
        Assert.Matches("(?m)^    Receipt: stored as number 1, verdict community\\.$", output);
        Assert.DoesNotContain("instanceHash", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_full_each_report_is_shown_as_it_was_sent()
    {
        await using var server = await TestServer.StartAsync();
        using var app = await InstalledApp.StartedAsync(server);
        var (_, preview) = await app.RunJsonAsync("preview");
        await app.RunAsync("send");

        var (_, output, _) = await app.RunAsync("history", "--full");
        var (_, brief) = await app.RunJsonAsync("history");
        var (_, full) = await app.RunJsonAsync("history", "--full");

        Assert.Contains("\"instanceHash\"", output, StringComparison.Ordinal);
        Assert.Equal(
            ["at", "reportId", "outcome", "message", "digest", "receipt", "report"],
            brief.EnumerateObject().Select(field => field.Name));
        Assert.Equal(JsonValueKind.Null, brief.GetProperty("report").ValueKind);
        Assert.True(JsonElement.DeepEquals(preview.GetProperty("report"), full.GetProperty("report")));
        Assert.Equal(preview.GetProperty("digest").GetString(), full.GetProperty("digest").GetString());
    }
}
