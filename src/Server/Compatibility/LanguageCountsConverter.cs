using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Telemetry.Server.Compatibility;

/// <summary>Reads a map of counts as PHP writes it: [] when empty, an array when its keys are 0, 1, 2 ...</summary>
internal sealed class LanguageCountsConverter : JsonConverter<Dictionary<string, uint>>
{
    private const int MaxEntries = 1_000;

    public override Dictionary<string, uint> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var isArray = reader.TokenType == JsonTokenType.StartArray;
        if (!isArray && reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        var counts = new Dictionary<string, uint>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
        {
            var key = isArray ? counts.Count.ToString(CultureInfo.InvariantCulture) : reader.GetString()!;
            if (!isArray)
            {
                reader.Read();
            }

            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetUInt32(out var count)
                || counts.Count == MaxEntries || !counts.TryAdd(key, count))
            {
                throw new JsonException();
            }
        }

        return counts;
    }

    public override void Write(Utf8JsonWriter writer, Dictionary<string, uint> value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Only ever read.");
}
