using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Tests.Installation;

public sealed class SendCommandTests
{
    [Fact]
    public async Task A_report_is_stored_and_a_second_one_is_too_soon()
    {
        await using var server = await TestServer.StartAsync();
        using var app = await InstalledApp.StartedAsync(server);

        var (code, output, _) = await app.RunAsync("send");
        var (second, _, error) = await app.RunAsync("send");
        var (third, json) = await app.RunJsonAsync("send");

        Assert.Equal((0, 1, 1), (code, second, third));
        Assert.Matches("^Stored as number 1, report [0-9a-f-]{36}, verdict community", output);
        Assert.StartsWith("This installation already reported at 12:00 UTC", error, StringComparison.Ordinal);
        Assert.Equal("too-soon", json.GetProperty("outcome").GetString());
        Assert.Equal(server.Time.GetUtcNow().AddHours(1), json.GetProperty("welcomeAt").GetDateTimeOffset());
        Assert.Equal(1, server.Store.Current.Number);
    }

    [Fact]
    public async Task Json_has_every_field_that_is_documented()
    {
        await using var server = await TestServer.StartAsync();
        using var app = await InstalledApp.StartedAsync(server);

        var (code, json) = await app.RunJsonAsync("send");

        Assert.Equal(0, code);
        Assert.Equal(
            ["outcome", "message", "receipt", "violations", "welcomeAt", "cause", "mode", "decidedBy"],
            json.EnumerateObject().Select(field => field.Name));
        Assert.Equal("sent", json.GetProperty("outcome").GetString());
        Assert.Equal(
            ["reportId", "acceptedAt", "number", "verdict", "nextReportNotBefore", "digest", "droppedFields"],
            json.GetProperty("receipt").EnumerateObject().Select(field => field.Name));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("cause").ValueKind);
    }

    [Fact]
    public async Task A_value_that_the_server_does_not_know_is_told()
    {
        await using var server = await TestServer.StartAsync();
        using var app = await InstalledApp.StartedAsync(server, change: options => options.Host.Timezone = "Middle/Earth");

        var (code, output, _) = await app.RunAsync("send");

        Assert.Equal(0, code);
        Assert.EndsWith("Values that the server does not know: environment.timezone.\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ReportingMode.Off, "off", false)]
    [InlineData(ReportingMode.Local, "local", false)]
    [InlineData(ReportingMode.On, "off", true)]
    public async Task Unless_reports_are_on_it_is_refused_without_a_connection_and_nothing_is_switched(
        ReportingMode chosen, string mode, bool variable)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var app = await InstalledApp.StartedAsync($"http://{listener.LocalEndpoint}", mode: chosen);
        if (variable)
        {
            app.Variables["DO_NOT_TRACK"] = "true";
        }

        var (code, output, error) = await app.RunAsync("send");
        var (again, json) = await app.RunJsonAsync("send");

        Assert.Equal((5, 5, ""), (code, again, output));
        Assert.StartsWith("Nothing was sent. ", error, StringComparison.Ordinal);
        Assert.Equal(("disabled", mode), (json.GetProperty("outcome").GetString(), json.GetProperty("mode").GetString()));
        Assert.Equal(mode, await app.ModeAsync());
        Assert.False(listener.Pending());
        app.Variables.Clear();
        Assert.Equal(chosen.ToString(), await app.ModeAsync(), ignoreCase: true);
    }

    [Fact]
    public async Task Every_broken_rule_is_told()
    {
        await using var server = await TestServer.StartAsync();
        using var app = await InstalledApp.StartedAsync("http://" + server.Native.Target, server.Time, users: 200_000_000);

        var (code, output, error) = await app.RunAsync("send");
        var (_, json) = await app.RunJsonAsync("send");

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("users.total must be", error, StringComparison.Ordinal);
        Assert.Equal("rejected", json.GetProperty("outcome").GetString());
        Assert.Equal("users.total", json.GetProperty("violations")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_by_the_exit_code()
    {
        using var app = await InstalledApp.StartedAsync("http://127.0.0.1:1");

        var (code, _, error) = await app.RunAsync("send");
        var (_, json) = await app.RunJsonAsync("send");

        Assert.Equal(3, code);
        Assert.Contains("Nothing listens at http://127.0.0.1:1", error, StringComparison.Ordinal);
        Assert.Equal(("unreachable", "refused"), (json.GetProperty("outcome").GetString(), json.GetProperty("cause").GetString()));
    }

    [Fact]
    public async Task The_subscription_key_comes_from_the_environment_and_reaches_the_server_alone()
    {
        await using var server = await TestServer.StartAsync();
        var (_, key) = await server.IssueAsync();
        await server.CheckAsync(key, "https://cloud.example.org");
        using var app = await InstalledApp.StartedAsync(
            "http://" + server.Native.Target, server.Time, subscription: new Subscription { ValidSubscription = true, Key = key });

        var (without, _, error) = await app.RunAsync("send");
        app.Variables["TELEMETRY_SUBSCRIPTION_KEY"] = key;
        var (with, output, _) = await app.RunAsync("send");

        Assert.Equal((1, 0), (without, with));
        Assert.Contains("TELEMETRY_SUBSCRIPTION_KEY", error, StringComparison.Ordinal);
        Assert.Contains("verdict verified", output, StringComparison.Ordinal);
        Assert.DoesNotContain(key, output, StringComparison.Ordinal);
    }
}
