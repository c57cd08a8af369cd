using System.Text.Json;
using Google.Protobuf;
using static Telemetry.Cli.Tests.CliRunner;

namespace Telemetry.Cli.Tests;

/// <summary>Apps whose contracts do not come with the command: the server knows them, or nobody does.</summary>
public sealed class ForeignAppTests
{
    [Fact]
    public async Task Figures_are_shown_by_the_contract_that_the_server_tells()
    {
        await using var server = await ForeignAppServer.StartAsync(reflection: true);

        var (code, line, _) = await RunAsync("", "tail", "--server", server.Address, "--token", "t", "--limit", "1");
        var (_, json, _) = await RunAsync("", "tail", "--server", server.Address, "--token", "t", "--limit", "1", "--json");
        var (_, listed, _) = await RunAsync(
            "", "instances", "--server", server.Address, "--token", "t", "--app", "invoicer", "--json");

        Assert.Equal(0, code);
        Assert.Matches(@"  invoicer 1\.0\.0 .* invoices_30d=42 automatic_reminders=yes numbering=yearly\n$", line);
        var expected = JsonElement.Parse("""
            {"@type":"type.googleapis.com/invoicer.v1.Usage","invoices30d":42,"deliveries":{"mail":30},
             "automaticReminders":true,"numbering":"NUMBERING_YEARLY"}
            """);
        Assert.True(JsonElement.DeepEquals(
            expected, JsonElement.Parse(json).GetProperty("report").GetProperty("report").GetProperty("usage")), json);
        Assert.True(JsonElement.DeepEquals(expected, JsonElement.Parse(listed).GetProperty("usage")), listed);
        Assert.Equal("invoicer", JsonElement.Parse(listed).GetProperty("app").GetString());
    }

    [Fact]
    public async Task Figures_of_a_contract_that_nobody_tells_are_shown_as_type_and_bytes()
    {
        await using var server = await ForeignAppServer.StartAsync(reflection: false);

        var (code, line, error) = await RunAsync("", "tail", "--server", server.Address, "--token", "t", "--limit", "1");
        var (jsonCode, json, _) = await RunAsync("", "tail", "--server", server.Address, "--token", "t", "--limit", "1", "--json");

        Assert.Equal((0, 0, ""), (code, jsonCode, error));
        Assert.EndsWith(" invoicer.v1.Usage\n", line, StringComparison.Ordinal);
        var usage = JsonElement.Parse(json).GetProperty("report").GetProperty("report").GetProperty("usage");
        Assert.Equal("type.googleapis.com/invoicer.v1.Usage", usage.GetProperty("@type").GetString());
        Assert.Equal(ForeignAppServer.Usage.ToByteString().ToBase64(), usage.GetProperty("value").GetString());
    }

    [Fact]
    public async Task A_report_of_such_an_app_is_refused_with_the_way_to_send_it()
    {
        var (code, _, error) = await RunAsync(
            """{"app":"invoicer","usage":{"@type":"type.googleapis.com/invoicer.v1.Usage","invoices30d":42}}""",
            "report", "send", "-", "--server", "http://127.0.0.1:1");

        Assert.Equal(2, code);
        Assert.Contains("POST /v1/reports", error, StringComparison.Ordinal);
    }
}
