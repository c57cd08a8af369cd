using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Telemetry.Server.Transcoding;

/// <summary>Finds the field of a request that breaks a rule, before the library reads it, which would not say which.</summary>
/// <remarks>Fields are named as the contract names them; nothing of the input is repeated.</remarks>
internal static class RequestFields
{
    /// <param name="message">What the body is.</param>
    /// <param name="body">One JSON object that can be read to its end.</param>
    public static (string Field, string Rule)? BrokenIn(MessageDescriptor message, ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body);
        json.Read();
        return BrokenIn(message, "", ref json);
    }

    /// <summary>The rule that a value breaks which is a text, as in a path or a query.</summary>
    public static string? BrokenRule(FieldDescriptor field, string text) => field.FieldType switch
    {
        FieldType.UInt32 => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : $"must be a whole number from 0 to {uint.MaxValue}",
        FieldType.UInt64 or FieldType.Fixed64 =>
            ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : $"must be a whole number from 0 to {ulong.MaxValue}",
        FieldType.Bool => text is "true" or "false" ? null : "must be true or false",
        FieldType.Enum => field.EnumType.FindValueByName(text) is not null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? null
            : "must be one of " + string.Join(", ", field.EnumType.Values.Select(value => value.Name)),
        FieldType.Bytes => Base64.IsValid(text) ? null : "must be base64",
        FieldType.Message when IsText(field.MessageType) => Parses(field.MessageType, text) ? null : RuleOf(field.MessageType),
        FieldType.Message => "must be an object",
        _ => null,
    };

    private static (string Field, string Rule)? BrokenIn(MessageDescriptor message, string path, ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return (path.TrimEnd('.'), "must be an object");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            var field = message.Fields.InDeclarationOrder().FirstOrDefault(field => field.JsonName == name || field.Name == name);
            if (field is null)
            {
                return (path.Length == 0 ? "body" : path.TrimEnd('.'), "must hold nothing but "
                    + string.Join(", ", message.Fields.InDeclarationOrder().Select(one => one.JsonName)));
            }

            json.Read();
            if (BrokenIn(field, path + field.Name, ref json) is { } broken)
            {
                return broken;
            }
        }

        return null;
    }

    private static (string Field, string Rule)? BrokenIn(FieldDescriptor field, string path, ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (!field.IsRepeated)
        {
            return BrokenValue(field, path, ref json);
        }

        if (json.TokenType != (field.IsMap ? JsonTokenType.StartObject : JsonTokenType.StartArray))
        {
            return (path, field.IsMap ? "must be an object" : "must be an array");
        }

        var value = field.IsMap ? field.MessageType.FindFieldByName("value") : field;
        while (json.Read() && json.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            if (json.TokenType != JsonTokenType.PropertyName && BrokenValue(value, path, ref json) is { } broken)
            {
                return broken;
            }
        }

        return null;
    }

    private static (string Field, string Rule)? BrokenValue(FieldDescriptor field, string path, ref Utf8JsonReader json)
    {
        if (field.FieldType == FieldType.Message && !IsText(field.MessageType))
        {
            return BrokenIn(field.MessageType, path + ".", ref json);
        }

        var isText = json.TokenType == JsonTokenType.String;
        var fits = field.FieldType switch
        {
            FieldType.Bool => json.TokenType is JsonTokenType.True or JsonTokenType.False,
            FieldType.Enum or FieldType.UInt32 or FieldType.UInt64 or FieldType.Fixed64 => isText || json.TokenType == JsonTokenType.Number,
            _ => isText,
        };
        // What does not fit has the same rule as a text that breaks it.
        var rule = !fits ? BrokenRule(field, "") ?? "must be a text"
            : BrokenRule(field, isText ? json.GetString()! : Encoding.UTF8.GetString(json.ValueSpan));
        return rule is null ? null : (path, rule);
    }

    /// <summary>Whether a message is a text in JSON.</summary>
    private static bool IsText(MessageDescriptor message) =>
        message.FullName == Timestamp.Descriptor.FullName || message.FullName == Duration.Descriptor.FullName || message.FullName == FieldMask.Descriptor.FullName;

    private static bool Parses(MessageDescriptor message, string text)
    {
        try
        {
            JsonParser.Default.Parse(JsonSerializer.Serialize(text), message);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static string RuleOf(MessageDescriptor message) =>
        message.FullName == Timestamp.Descriptor.FullName ? "must be a time like 2027-12-31T00:00:00Z"
        : message.FullName == Duration.Descriptor.FullName ? "must be a duration like 86400s"
        : "must be names of fields with commas between them, like edition,expiresAt";
}
