using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Schema;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Schema;

/// <summary>Random reports of any app, valid and in their normal form, made of nothing but the contract.</summary>
internal sealed class ContractValues(Random random)
{
    private static readonly string[] Languages = ["de", "en", "nl", "pt-BR", "sr-Latn"];

    public static IMessage UsageOf(ReportSchema schema) => (IMessage)Activator.CreateInstance(schema.Descriptor!.ClrType)!;

    public Wire.Report Report(ReportSchema schema)
    {
        var report = new Wire.Report();
        Fill(report);
        report.ReportId = Guid.NewGuid().ToString("D");
        report.InstanceHash = SampleReports.HashOf(random.Next().ToString(null as IFormatProvider));
        report.App = schema.App;
        report.AppVersion = "1.4.0";
        report.SchemaVersion = (uint)random.Next(3);
        var usage = UsageOf(schema);
        Fill(usage);
        report.Usage = Any.Pack(usage);
        return report;
    }

    /// <summary>Adds up under "custom" what the contract does not list.</summary>
    public static void Fold(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(field => field.IsMap))
        {
            var labels = field.GetOptions().GetExtension(Wire.FieldPolicyExtensions.FieldPolicy).Labels;
            var map = (IDictionary)field.Accessor.GetValue(message);
            var isWide = field.MessageType.Fields[2].FieldType == FieldType.UInt64;
            foreach (var own in map.Keys.Cast<string>().Where(key => labels.Count > 0 && !labels.Contains(key) && key != "custom").ToList())
            {
                var sum = Convert.ToUInt64(map[own], null) + (map.Contains("custom") ? Convert.ToUInt64(map["custom"], null) : 0);
                map.Remove(own);
                map["custom"] = isWide ? sum : (object)(uint)sum;
            }
        }
    }

    private void Fill(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (random.Next(4) == 0 || IsAny(field))
            {
                continue;
            }

            var policy = field.GetOptions()?.GetExtension(Wire.FieldPolicyExtensions.FieldPolicy);
            if (field.IsMap)
            {
                FillMap((IDictionary)field.Accessor.GetValue(message), policy!, field.MessageType.Fields[2].FieldType == FieldType.UInt64);
            }
            else if (field.IsRepeated)
            {
                foreach (var language in Languages.Where(_ => random.Next(2) == 0))
                {
                    ((IList)field.Accessor.GetValue(message)).Add(language);
                }
            }
            else if (field.FieldType == FieldType.Message)
            {
                var inner = (IMessage)Activator.CreateInstance(field.MessageType.ClrType)!;
                Fill(inner);
                field.Accessor.SetValue(message, inner);
            }
            else
            {
                field.Accessor.SetValue(message, Value(field, policy!));
            }
        }
    }

    public static bool IsAny(FieldDescriptor field) => field.FieldType == FieldType.Message && field.MessageType == Any.Descriptor;

    private void FillMap(IDictionary map, Wire.FieldPolicy policy, bool isWide)
    {
        string[] keys = policy.Labels.Count > 0 ? [.. policy.Labels, "somebody's own", ""] : Languages;
        foreach (var key in keys.Where(_ => random.Next(3) == 0))
        {
            map[key] = isWide ? (ulong)random.Next(1_000) : (object)(uint)random.Next(1_000);
        }
    }

    private object Value(FieldDescriptor field, Wire.FieldPolicy policy)
    {
        var max = policy.Max == 0 ? 100_000_000 : policy.Max;
        return field.FieldType switch
        {
            FieldType.UInt32 => random.Next(3) switch { 0 => 0u, 1 => (uint)max, _ => (uint)random.Next((int)max) },
            FieldType.UInt64 => random.Next(3) switch { 0 => 0UL, 1 => max, _ => (ulong)random.NextInt64((long)max) },
            FieldType.Bool => random.Next(2) == 0,
            FieldType.Double => random.Next(10_000) / Math.Pow(10, policy.Decimals),
            FieldType.Enum => System.Enum.ToObject(field.EnumType.ClrType, random.Next(field.EnumType.Values.Count)),
            _ => policy.Format switch
            {
                Wire.TextFormat.Version => random.Next(2) == 0 ? "8.2" : "32.0.6.1",
                Wire.TextFormat.Country => "DE",
                Wire.TextFormat.Language => Languages[random.Next(Languages.Length)],
                Wire.TextFormat.Timezone => random.Next(2) == 0 ? "Asia/Tokyo" : "UTC",
                _ => "",
            },
        };
    }
}
