using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;
using Telemetry.Contracts.Rules;
using Telemetry.Schema;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.OpenApi;

/// <summary>Messages as schemas of their ProtoJSON; each is described once, under its full name.</summary>
internal sealed class MessageSchemas
{
    private const string AnyUsage = "usage";

    private readonly OpenApiDocument _document;
    private readonly IDictionary<string, IOpenApiSchema> _schemas;

    public MessageSchemas(OpenApiDocument document, IReadOnlyList<ReportSchema> apps)
    {
        _document = document;
        _schemas = document.Components!.Schemas!;
        foreach (var app in apps)
        {
            Of(app.Descriptor!);
            var usage = (OpenApiSchema)_schemas[app.Descriptor!.FullName];
            usage.Properties!["@type"] = new OpenApiSchema { Type = JsonSchemaType.String, Const = app.TypeUrl };
            usage.Required = new HashSet<string> { "@type" };
        }

        _schemas[AnyUsage] = new OpenApiSchema
        {
            Description = "An app's own figures.",
            OneOf = [.. apps.Select(app => Reference(app.Descriptor!.FullName))],
            Discriminator = new OpenApiDiscriminator
            {
                PropertyName = "@type",
                Mapping = apps.ToDictionary(app => app.TypeUrl, app => Reference(app.Descriptor!.FullName)),
            },
        };
    }

    public IOpenApiSchema Of(MessageDescriptor message)
    {
        if (WellKnown.Of(message) is { } known)
        {
            return known;
        }

        if (!_schemas.ContainsKey(message.FullName))
        {
            // Before its fields: one of them may hold the message itself.
            var schema = new OpenApiSchema { Type = JsonSchemaType.Object, Description = message.Comment() };
            _schemas[message.FullName] = schema;
            Fill(schema, message.Fields.InDeclarationOrder());
        }

        return Reference(message.FullName);
    }

    /// <summary>A message without what comes another way.</summary>
    public IOpenApiSchema Without(MessageDescriptor message, IReadOnlyCollection<FieldDescriptor> fields)
    {
        if (fields.Count == 0)
        {
            return Of(message);
        }

        var schema = new OpenApiSchema { Type = JsonSchemaType.Object, Description = message.Comment() };
        Fill(schema, message.Fields.InDeclarationOrder().Except(fields));
        return schema;
    }

    public IOpenApiSchema Of(FieldDescriptor field)
    {
        if (field.IsMap)
        {
            return new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = OfValue(field.MessageType.FindFieldByName("value"), PolicyOf(field)) };
        }

        var value = OfValue(field, PolicyOf(field));
        return field.IsRepeated ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = value } : value;
    }

    private void Fill(OpenApiSchema schema, IEnumerable<FieldDescriptor> fields)
    {
        schema.Properties = new Dictionary<string, IOpenApiSchema>();
        foreach (var field in fields)
        {
            var value = Of(field);
            switch (value)
            {
                case OpenApiSchema own: own.Description = DescriptionOf(field); break;
                case OpenApiSchemaReference other: other.Description = DescriptionOf(field); break;
            }

            schema.Properties[field.JsonName] = value;
            if (PolicyOf(field)?.Required == true)
            {
                (schema.Required ??= new HashSet<string>()).Add(field.JsonName);
            }
        }
    }

    private IOpenApiSchema OfValue(FieldDescriptor field, Wire.FieldPolicy? policy) => field.FieldType switch
    {
        FieldType.Message when field.MessageType.FullName == Google.Protobuf.WellKnownTypes.Any.Descriptor.FullName =>
            field.ContainingType.FullName == Google.Rpc.Status.Descriptor.FullName ? WellKnown.Detail() : Reference(AnyUsage),
        FieldType.Message => Of(field.MessageType),
        FieldType.Bool => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        FieldType.Bytes => new OpenApiSchema { Type = JsonSchemaType.String, ContentEncoding = "base64" },
        FieldType.Double => Number(JsonSchemaType.Number, policy),
        FieldType.Enum => new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. field.EnumType.Values.Select(value => JsonValue.Create(value.Name))],
        },
        FieldType.UInt64 or FieldType.Fixed64 => new OpenApiSchema { Type = JsonSchemaType.String, Format = "uint64", Pattern = "^[0-9]+$" },
        FieldType.Int32 => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
        FieldType.UInt32 => Number(JsonSchemaType.Integer, policy),
        _ => new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static OpenApiSchema Number(JsonSchemaType type, Wire.FieldPolicy? policy) => new()
    {
        Type = type,
        Minimum = "0",
        Maximum = policy is null ? null : (policy.Max == 0 ? SchemaField.DefaultMax : (long)policy.Max).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>What the contract says, or why the field is collected.</summary>
    private static string? DescriptionOf(FieldDescriptor field)
    {
        var policy = PolicyOf(field);
        var labels = policy?.Labels.Count > 0 ? $"One of {string.Join(", ", policy.Labels)}; any other counts as {FieldPolicies.CustomLabel}." : null;
        var sentences = new[] { field.Comment(), policy?.Purpose, labels }.Where(sentence => !string.IsNullOrEmpty(sentence)).ToList();
        return sentences.Count == 0 ? null : string.Join(' ', sentences);
    }

    private static Wire.FieldPolicy? PolicyOf(FieldDescriptor field) =>
        field.GetOptions()?.GetExtension(Wire.FieldPolicyExtensions.FieldPolicy);

    private OpenApiSchemaReference Reference(string name) => new(name, _document);
}

/// <summary>Messages whose JSON is not an object of their fields.</summary>
internal static class WellKnown
{
    /// <returns>Null for any other message.</returns>
    public static OpenApiSchema? Of(MessageDescriptor message) => message.FullName switch
    {
        "google.protobuf.Timestamp" => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
        "google.protobuf.Duration" => new OpenApiSchema { Type = JsonSchemaType.String, Pattern = @"^-?[0-9]+(\.[0-9]+)?s$" },
        "google.protobuf.FieldMask" => new OpenApiSchema { Type = JsonSchemaType.String },
        "google.protobuf.Empty" => new OpenApiSchema { Type = JsonSchemaType.Object },
        _ => null,
    };

    /// <summary>A detail of a refusal.</summary>
    public static OpenApiSchema Detail() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema> { ["@type"] = new OpenApiSchema { Type = JsonSchemaType.String } },
        Required = new HashSet<string> { "@type" },
    };
}
