using System.Collections;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Schema;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Schema;

/// <summary>Writes a report as an existing app would at one of its doors.</summary>
internal static class DoorJson
{
    /// <returns>The JSON, and the report without what that door has no name for.</returns>
    public static (string Json, Wire.Report Told) Of(Wire.Report sent, Door door)
    {
        var json = new JsonObject();
        var told = new Wire.Report { App = sent.App };
        Write(sent, told, "", json, door);
        var usage = ContractValues.UsageOf(door.Schema);
        usage.MergeFrom(sent.Usage.Value);
        var toldUsage = ContractValues.UsageOf(door.Schema);
        Write(usage, toldUsage, "usage.", json, door);
        told.Usage = Any.Pack(toldUsage);
        return (json.ToJsonString(), told);
    }

    private static void Write(IMessage sent, IMessage told, string prefix, JsonObject json, Door door)
    {
        foreach (var field in sent.Descriptor.Fields.InDeclarationOrder().Where(field => !ContractValues.IsAny(field)))
        {
            var value = field.Accessor.GetValue(sent);
            if (field.FieldType == FieldType.Message && !field.IsMap)
            {
                if (value is IMessage inner)
                {
                    var toldInner = (IMessage)Activator.CreateInstance(field.MessageType.ClrType)!;
                    Write(inner, toldInner, prefix + field.Name + ".", json, door);
                    field.Accessor.SetValue(told, toldInner);
                }

                continue;
            }

            var name = door.NameOf(prefix + field.Name);
            if (name == prefix + field.Name || (field.HasPresence && !field.Accessor.HasValue(sent)))
            {
                continue;
            }

            json[name] = Node(field, value);
            if (field.IsMap || field.IsRepeated)
            {
                Copy(value, field.Accessor.GetValue(told));
            }
            else
            {
                field.Accessor.SetValue(told, value);
            }
        }
    }

    private static void Copy(object from, object to)
    {
        if (from is IDictionary map)
        {
            foreach (DictionaryEntry entry in map)
            {
                ((IDictionary)to)[entry.Key] = entry.Value;
            }
        }
        else
        {
            foreach (var item in (IList)from)
            {
                ((IList)to).Add(item);
            }
        }
    }

    private static JsonNode? Node(FieldDescriptor field, object value) => value switch
    {
        IDictionary map => new JsonObject(map.Keys.Cast<string>().Select(key =>
            KeyValuePair.Create(key, (JsonNode?)JsonValue.Create(Convert.ToUInt64(map[key], null))))),
        IList list => new JsonArray([.. list.Cast<string>().Select(item => JsonValue.Create(item))]),
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        double number => JsonValue.Create(number),
        uint count => JsonValue.Create(count),
        ulong count => JsonValue.Create(count),
        _ => JsonValue.Create(Word(field.EnumType.FindValueByNumber((int)value))),
    };

    private static string Word(EnumValueDescriptor value) =>
        value.GetOptions()?.GetExtension(Wire.FieldPolicyExtensions.ValuePolicy)?.HttpNames.FirstOrDefault()
        ?? (value.Number == 0 ? "" : "something else");
}
