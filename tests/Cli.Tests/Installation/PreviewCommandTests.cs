using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Tests.Installation;

public sealed class PreviewCommandTests
{
    [Fact]
    public async Task Every_field_is_shown_with_its_purpose()
    {
        using var app = await InstalledApp.StartedAsync();

        var (code, output, error) = await app.RunAsync("preview");

        Assert.Equal((0, ""), (code, error));
        Assert.Matches("(?m)^app_version: 1.6.0\n    [A-Z].+$", output);
        Assert.Contains("environment.country: DE", output, StringComparison.Ordinal);
        Assert.Contains("usage.room_types: meeting-room: 1", output, StringComparison.Ordinal);
        Assert.Matches("(?m)^Not in this report: .*environment.php_version", output);
        Assert.Matches("(?m)^[0-9]+ bytes, SHA-256 [0-9a-f]{64}$", output);
        Assert.DoesNotContain("It is not sent", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_the_report_with_digest_and_size_and_what_is_sent_has_the_same_digest()
    {
        await using var server = await TestServer.StartAsync();
        using var app = await InstalledApp.StartedAsync(server);

        var (code, json) = await app.RunJsonAsync("preview");
        var (_, sent) = await app.RunJsonAsync("send");

        Assert.Equal(0, code);
        Assert.Equal(
            ["report", "digest", "size", "fields", "mode", "explanation"], json.EnumerateObject().Select(field => field.Name));
        Assert.Equal("1.6.0", json.GetProperty("report").GetProperty("appVersion").GetString());
        Assert.Equal(
            ["path", "purpose", "value", "secret", "sinceVersion"],
            json.GetProperty("fields")[0].EnumerateObject().Select(field => field.Name));
        Assert.InRange(json.GetProperty("size").GetInt32(), 100, 1000);
        var receipt = sent.GetProperty("receipt");
        Assert.Equal(json.GetProperty("digest").GetString(), receipt.GetProperty("digest").GetString());
        Assert.Equal(
            json.GetProperty("report").GetProperty("reportId").GetString(), receipt.GetProperty("reportId").GetString());
    }

    [Fact]
    public async Task While_reports_are_not_sent_that_is_said()
    {
        using var app = await InstalledApp.StartedAsync(mode: ReportingMode.Local);

        var (code, output, _) = await app.RunAsync("preview");

        Assert.Equal(0, code);
        Assert.Contains("It is not sent. Local: collected and shown, not sent", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_off_there_is_nothing_to_show()
    {
        using var app = await InstalledApp.StartedAsync(mode: ReportingMode.Off);

        var (code, output, error) = await app.RunAsync("preview");

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("has not collected a report yet", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subscription_key_is_needed_and_never_printed()
    {
        using var app = await InstalledApp.StartedAsync(
            subscription: new Subscription { ValidSubscription = true, Key = InstalledApp.Key });

        var (without, _, error) = await app.RunAsync("preview");
        app.Variables["TELEMETRY_SUBSCRIPTION_KEY"] = InstalledApp.Key;
        var (with, text, _) = await app.RunAsync("preview");
        var (_, json, _) = await app.RunAsync("preview", "--json");

        Assert.Equal((1, 0), (without, with));
        Assert.Contains("TELEMETRY_SUBSCRIPTION_KEY", error, StringComparison.Ordinal);
        Assert.Contains("subscription.key: (withheld)", text, StringComparison.Ordinal);
        Assert.DoesNotContain(InstalledApp.Key, text + json, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Directory.GetFiles(app.State), file => File.ReadAllText(file).Contains(InstalledApp.Key, StringComparison.Ordinal));
    }
}
