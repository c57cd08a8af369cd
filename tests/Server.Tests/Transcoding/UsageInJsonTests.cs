using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Telemetry.Schema;
using Telemetry.Server.Tests.Schema;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Transcoding;

/// <summary>Whatever an app reports is readable in JSON, whether a class was generated for it or not.</summary>
public sealed class UsageInJsonTests
{
    private static readonly JsonFormatter Reference = new(JsonFormatter.Settings.Default.WithTypeRegistry(
        TypeRegistry.FromMessages(new AppRegistry().All.Select(schema => schema.Descriptor!))));

    [Fact]
    public async Task Reads_of_every_built_in_app_are_what_protobufs_own_formatter_writes()
    {
        await using var server = await TestServer.StartAsync();
        var reporting = new Wire.ReportingService.ReportingServiceClient(server.Native);
        var values = new ContractValues(new Random(12));
        foreach (var schema in new AppRegistry().All)
        {
            for (var i = 0; i < 5; i++)
            {
                await reporting.SubmitReportAsync(new() { Report = values.Report(schema) });
            }
        }

        for (var number = 1UL; number <= (ulong)server.Store.Current.Number; number++)
        {
            var report = await server.Admin.GetReportAsync(new() { Number = number }, server.Authorized);
            JsonCalls.AssertSame(Expected(report), await JsonCalls.GoodAsync(server, "GET", $"/v1/reports/{number}"));
        }

        var page = await server.Admin.ListInstancesAsync(new() { PageSize = 7 }, server.Authorized);
        JsonCalls.AssertSame(Expected(page), await JsonCalls.GoodAsync(server, "GET", "/v1/instances?page_size=7"));
        var instance = page.Instances[0];
        var one = await server.Admin.GetInstanceAsync(new() { InstanceId = instance.InstanceId }, server.Authorized);
        JsonCalls.AssertSame(Expected(one), await JsonCalls.GoodAsync(server, "GET", $"/v1/instances/{instance.InstanceId}"));
        JsonCalls.AssertSame(
            Expected(one), await JsonCalls.GoodAsync(server, "POST", "/v1/instances:find", $$"""{"instanceId":"{{instance.InstanceId}}"}"""));
        Assert.Contains("usage", (await JsonCalls.GoodAsync(server, "GET", "/v1/instances"))["instances"]![0]!.AsObject().Select(member => member.Key));
    }

    [Fact]
    public async Task Usage_of_an_app_that_was_registered_a_moment_ago_is_typed_in_every_read()
    {
        await using var server = await TestServer.StartAsync();
        var set = Convert.ToBase64String(new MadeUpContract().ToSet().Span);
        var registered = await JsonCalls.GoodAsync(server, "POST", "/v1/apps", $$"""{"descriptorSet":"{{set}}"}""");
        Assert.Equal("invoicer", (string?)registered["app"]!["slug"]);
        const string usage = """
            {
              "@type": "type.googleapis.com/acme.invoicer.Usage", "invoices": 3, "amount": "12345678901", "averageLines": 2.5,
              "archiveEnabled": false, "plan": "PLAN_LARGE", "engineVersion": "4.2", "taxCountry": "AT", "template": "modern",
              "currencies": {"eur": 2, "usd": 1}, "textsByLanguage": {"de": "5"}, "languages": ["de", "nl"]
            }
            """;

        await JsonCalls.GoodAsync(server, "POST", "/v1/reports", $$"""
            {
              "reportId": "{{Guid.NewGuid():D}}", "instanceHash": "{{SampleReports.HashOf("https://a.example")}}", "app": "invoicer",
              "appVersion": "1.0", "usage": {{usage}}
            }
            """);

        var expected = JsonNode.Parse(usage)!;
        JsonCalls.AssertSame(expected, (await JsonCalls.GoodAsync(server, "GET", "/v1/reports/1"))["report"]!["report"]!["usage"]!);
        var instance = (await JsonCalls.GoodAsync(server, "GET", "/v1/instances?filter.apps=invoicer"))["instances"]![0]!;
        JsonCalls.AssertSame(
            expected, (await JsonCalls.GoodAsync(server, "GET", $"/v1/instances/{instance["instanceId"]}"))["history"]![0]!["report"]!["usage"]!);
        foreach (var counts in new[] { "currencies", "textsByLanguage", "languages" })
        {
            expected.AsObject().Remove(counts);
        }

        JsonCalls.AssertSame(expected, instance["usage"]!);
    }

    [Fact]
    public async Task Events_come_as_one_line_of_JSON_each_with_typed_usage()
    {
        await using var server = await TestServer.StartAsync();
        await new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(SampleReports.Request());
        using var request = JsonCalls.Request(server, "POST", "/v1/events:stream", """{"beginning":{}}""");

        using var response = await server.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        var hello = JsonNode.Parse((await lines.ReadLineAsync())!)!;
        var first = JsonNode.Parse((await lines.ReadLineAsync())!)!;

        Assert.Equal(200, (int)response.StatusCode);
        Assert.NotNull(hello["hello"]);
        var stored = await server.Admin.GetReportAsync(new() { Number = 1 }, server.Authorized);
        JsonCalls.AssertSame(Expected(stored)["report"]!, first["event"]!["report"]!);
    }

    private static JsonNode Expected(IMessage message) => JsonNode.Parse(Reference.Format(message))!;
}
