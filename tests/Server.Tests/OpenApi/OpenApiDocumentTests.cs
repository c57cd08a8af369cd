using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Telemetry.Server.Tests.Transcoding;

namespace Telemetry.Server.Tests.OpenApi;

/// <summary>/openapi.json is enough to call the server from any language.</summary>
public sealed class OpenApiDocumentTests
{
    [Fact]
    public async Task The_document_is_valid_and_has_every_path_that_the_contract_gives_its_calls()
    {
        await using var server = await TestServer.StartAsync();

        var document = await ReadAsync(server);

        var described = document.Paths.SelectMany(path => path.Value.Operations!.Select(operation => $"{operation.Key} {path.Key}"));
        Assert.Equal(
            HttpRules.All.Select(rule => $"{rule.Verb} {rule.Path}").Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        var operations = document.Paths.SelectMany(path => path.Value.Operations!.Values).ToList();
        Assert.All(operations, operation => Assert.Contains("default", operation.Responses!.Keys));
        Assert.All(operations, operation => Assert.False(string.IsNullOrWhiteSpace(operation.Description), operation.OperationId));
        Assert.Equal(operations.Count, operations.Select(operation => operation.OperationId).Distinct().Count());
        Assert.All(operations, operation => Assert.Equal(
            operation.Tags!.Single().Name is "ReportingService" or "LicenseService" or "OwnDataService", operation.Security is null or { Count: 0 }));
    }

    [Fact]
    public async Task Every_field_of_every_message_says_what_it_is()
    {
        await using var server = await TestServer.StartAsync();

        var document = await ReadAsync(server);

        var silent = document.Components!.Schemas!
            .Where(schema => schema.Key.StartsWith("telemetry.", StringComparison.Ordinal))
            .SelectMany(schema => (schema.Value.Properties ?? new Dictionary<string, IOpenApiSchema>()).Select(field => (Path: $"{schema.Key}.{field.Key}", field.Value.Description)))
            .Where(field => field.Description is null && !field.Path.EndsWith("@type", StringComparison.Ordinal));
        Assert.Empty(silent);
        var rooms = document.Components.Schemas!["telemetry.apps.roomvox.v1.Usage"].Properties!["rooms"];
        Assert.Equal("100000000", rooms.Maximum);
    }

    [Fact]
    public async Task Examples_of_all_apps_are_taken_also_of_one_that_was_registered_a_moment_ago()
    {
        await using var server = await TestServer.StartAsync();
        Assert.DoesNotContain("invoicer", (await ExamplesAsync(server)).Keys);
        await server.Apps.RegisterAppAsync(new() { DescriptorSet = new MadeUpContract().ToSet() }, server.Authorized);

        var examples = await ExamplesAsync(server);

        Assert.Equal(6, examples.Count);
        Assert.Contains("invoicer", examples.Keys);
        foreach (var (app, example) in examples)
        {
            var report = example.Value!.AsObject();
            report["instanceHash"] = SampleReports.HashOf(app);
            report["reportId"] = Guid.NewGuid().ToString("D");
            var answer = await JsonCalls.GoodAsync(server, "POST", "/v1/reports", report.ToJsonString());
            Assert.Null(answer["receipt"]!["droppedFields"]);

            var stored = (await JsonCalls.GoodAsync(server, "GET", $"/v1/reports/{answer["receipt"]!["number"]}"))["report"]!["report"]!;
            JsonCalls.AssertSame(report["usage"]!, stored["usage"]!);
        }
    }

    private static async Task<IDictionary<string, IOpenApiExample>> ExamplesAsync(TestServer server) =>
        (await ReadAsync(server)).Paths["/v1/reports"].Operations![HttpMethod.Post].RequestBody!.Content!["application/json"].Examples!;

    private static async Task<OpenApiDocument> ReadAsync(TestServer server)
    {
        var json = await server.HttpClient.GetStringAsync("/openapi.json");
        var read = OpenApiDocument.Parse(json, "json");
        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.NotNull(JsonNode.Parse(json));
        return read.Document!;
    }
}
