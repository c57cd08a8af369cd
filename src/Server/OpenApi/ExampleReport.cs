using System.Text.Json.Nodes;
using Telemetry.Schema;
using Telemetry.Schema.Kinds;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.OpenApi;

/// <summary>A report of an app that the server takes, with a value in every field of its usage.</summary>
internal static class ExampleReport
{
    public static JsonObject Of(ReportSchema schema)
    {
        var usage = new JsonObject { ["@type"] = schema.TypeUrl };
        Fill(usage, schema.Usage);
        return new JsonObject
        {
            ["reportId"] = "018f6c1e-7c1a-7d2b-9a53-2f6f0f4f9d11",
            ["instanceHash"] = "dde6068c160e46f4681d3a8173133e13be9a5a9a7817c222cfe3c1cf9631a3be",
            ["app"] = schema.App,
            ["appVersion"] = "1.0.0",
            ["usage"] = usage,
        };
    }

    private static void Fill(JsonObject json, SchemaMessage message)
    {
        foreach (var entry in message.Entries)
        {
            if (entry.Field is { } field)
            {
                json[entry.JsonName] = ValueOf(field);
                continue;
            }

            var inner = new JsonObject();
            Fill(inner, entry.Message!);
            json[entry.JsonName] = inner;
        }
    }

    private static JsonNode ValueOf(SchemaField field) => field switch
    {
        { IsMap: true } => new JsonObject { [TextOf(field)] = Count(field) },
        { IsRepeated: true } => new JsonArray(TextOf(field)),
        { Values: { } values } => values.Names[^1],
        _ when field.Kind == NumberKind.Flag => true,
        _ when field.Kind.Storage == KindStorage.Text => TextOf(field),
        _ => Count(field),
    };

    private static JsonNode Count(SchemaField field) => field.IsWide ? "1" : 1;

    private static string TextOf(SchemaField field) => field.Labels?.Names[0] ?? field.Policy.Format switch
    {
        Wire.TextFormat.Country => "DE",
        Wire.TextFormat.Language => "de",
        Wire.TextFormat.Timezone => "Europe/Berlin",
        _ => "1.0.0",
    };
}
