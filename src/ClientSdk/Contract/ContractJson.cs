using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Telemetry.Client.Contract;

/// <summary>Messages as protobuf JSON, whether or not there is generated code for what an Any in them holds.</summary>
internal sealed class ContractJson
{
    private readonly Func<string, MessageDescriptor?> _find;
    private readonly Utf8JsonWriter _json;

    private ContractJson(Func<string, MessageDescriptor?> find, Utf8JsonWriter json) => (_find, _json) = (find, json);

    /// <param name="message">The message.</param>
    /// <param name="find">
    /// Finds the type of an Any's content by its full name; an Any whose type is not found is shown as type and base64.
    /// </param>
    /// <param name="indented">On several lines, for people.</param>
    public static string Of(IMessage message, Func<string, MessageDescriptor?> find, bool indented = false)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = indented }))
        {
            new ContractJson(find, json).Write(ContractMessage.Of(message));
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private void Write(ContractMessage message)
    {
        if (message.Type.FullName == WellKnown.AnyName)
        {
            WriteAny(message);
        }
        else if (message.Type is { File.Package: WellKnown.Package, Parser: { } parser })
        {
            // Moments and durations have forms of their own.
            _json.WriteRawValue(JsonFormatter.Default.Format(parser.ParseFrom(message.ToBytes())));
        }
        else
        {
            _json.WriteStartObject();
            WriteFields(message);
            _json.WriteEndObject();
        }
    }

    private void WriteAny(ContractMessage message)
    {
        _json.WriteStartObject();
        var any = WellKnown.AnyOf(message);
        if (any.TypeUrl.Length > 0)
        {
            _json.WriteString("@type", any.TypeUrl);
            if (WellKnown.TryOpen(any, _find) is { } content)
            {
                WriteFields(content);
            }
            else
            {
                _json.WriteBase64String("value", any.Value.Span);
            }
        }

        _json.WriteEndObject();
    }

    private void WriteFields(ContractMessage message)
    {
        foreach (var (field, value) in message.Values)
        {
            _json.WritePropertyName(field.JsonName);
            WriteValue(field, value);
        }
    }

    private void WriteValue(FieldDescriptor field, object value)
    {
        switch (value)
        {
            case ContractMessage message:
                Write(message);
                break;
            case SortedDictionary<string, object> map:
                _json.WriteStartObject();
                foreach (var (key, counted) in map)
                {
                    _json.WritePropertyName(key);
                    WriteValue(ContractMap.Of(field)!.Value, counted);
                }

                _json.WriteEndObject();
                break;
            case List<object> list:
                _json.WriteStartArray();
                list.ForEach(one => WriteValue(field, one));
                _json.WriteEndArray();
                break;
            case long number when field.FieldType == FieldType.Enum
                && field.EnumType.FindValueByNumber((int)number) is { } known:
                _json.WriteStringValue(known.Name);
                break;
            case bool flag:
                _json.WriteBooleanValue(flag);
                break;
            case double number when double.IsFinite(number):
                _json.WriteNumberValue(number);
                break;
            // Numbers of 64 bits are texts, because JavaScript would round them.
            case ulong number when field.FieldType is FieldType.UInt32 or FieldType.Fixed32:
                _json.WriteNumberValue(number);
                break;
            case long number when field.FieldType is FieldType.Enum or FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32:
                _json.WriteNumberValue(number);
                break;
            default:
                _json.WriteStringValue(ContractValue.Text(field, value));
                break;
        }
    }
}
