using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Schema;
using Telemetry.Server.Feed;
using Telemetry.Server.Rpc;

namespace Telemetry.Server.Transcoding;

/// <summary>Writes an Any: an app's usage by its schema at this moment, anything else as a detail of a refusal.</summary>
internal sealed class UsageConverter(AppRegistry apps) : JsonConverter<Any>
{
    /// <summary>No request that comes here has an Any.</summary>
    public override Any Read(ref Utf8JsonReader reader, System.Type typeToConvert, JsonSerializerOptions options) =>
        throw new JsonException();

    public override void Write(Utf8JsonWriter writer, Any value, JsonSerializerOptions options)
    {
        if (apps.FindUsage(value.TypeUrl) is not { } schema)
        {
            writer.WriteRawValue(JsonAnswers.Formatter.Format(value));
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("@type", value.TypeUrl);
        SchemaJson.WriteFields(writer, schema.Usage, value.Value.Span);
        writer.WriteEndObject();
    }
}

/// <summary>Writes a message of the feed, which is bytes already.</summary>
internal sealed class FeedMessageConverter : JsonConverter<FeedMessage>
{
    public override FeedMessage Read(ref Utf8JsonReader reader, System.Type typeToConvert, JsonSerializerOptions options) =>
        throw new JsonException();

    public override void Write(Utf8JsonWriter writer, FeedMessage value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize<object>(writer, value.ToMessage(), options);
}
