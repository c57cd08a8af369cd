using System.Text.Json;

namespace Telemetry.Schema;

/// <summary>Writes stored messages as protobuf's own JSON, by their schema: of a registered app there is no generated class.</summary>
internal static class SchemaJson
{
    /// <summary>Writes a message's fields into an object that is open.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="message">What the message holds; anything else in it is passed over.</param>
    /// <param name="bytes">The message as reports are stored: in the order of the fields' numbers.</param>
    public static void WriteFields(Utf8JsonWriter json, SchemaMessage message, ReadOnlySpan<byte> bytes)
    {
        SchemaField? open = null;
        var reader = new WireReader(bytes);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            var entry = message[WireTag.NumberOf(tag)];
            if (open is not null && entry?.Field != open)
            {
                Close(json, open);
                open = null;
            }

            if (entry?.Field is { } field && field.Tag == tag)
            {
                if (open is null)
                {
                    json.WritePropertyName(entry.JsonName);
                    open = Open(json, field);
                }

                field.Kind.WriteJson(ref reader, field, json);
            }
            else if (entry?.Message is { } inner && tag == WireTag.Of(entry.Number, WireReader.Bytes))
            {
                json.WriteStartObject(entry.JsonName);
                WriteFields(json, inner, reader.Message());
                json.WriteEndObject();
            }
            else
            {
                reader.Skip(tag);
            }
        }

        if (open is not null)
        {
            Close(json, open);
        }
    }

    /// <returns>The field, when more of it may follow.</returns>
    private static SchemaField? Open(Utf8JsonWriter json, SchemaField field)
    {
        if (field.IsMap)
        {
            json.WriteStartObject();
        }
        else if (field.IsRepeated)
        {
            json.WriteStartArray();
        }

        return field.IsRepeated ? field : null;
    }

    private static void Close(Utf8JsonWriter json, SchemaField field)
    {
        if (field.IsMap)
        {
            json.WriteEndObject();
        }
        else
        {
            json.WriteEndArray();
        }
    }
}
