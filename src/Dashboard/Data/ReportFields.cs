using System.Globalization;
using Google.Protobuf;
using Telemetry.Contracts.V1;
using static Google.Protobuf.WireFormat;
using ValueShape = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace Telemetry.Dashboard.Data;

/// <summary>One field of a report.</summary>
/// <param name="Path">As in the register: "environment.php_version", "usage.rooms", and for a label "usage.room_types[meeting]".</param>
/// <param name="Value">As filters write it.</param>
public sealed record ReportField(string Path, string Value);

/// <summary>By what an app's reports are read.</summary>
public sealed record ReportContract(ContractShapes Shapes, MessageShape Report, MessageShape Usage)
{
    /// <summary>Nothing where the answer lacks a part of it.</summary>
    public static ReportContract? Of(GetAppResponse app)
    {
        var shapes = new ContractShapes(app.ReportDescriptorSet, app.DescriptorSet);
        return shapes.Message(".telemetry.v1.Report") is { } report && shapes.Message("." + app.App.UsageType) is { } usage ? new(shapes, report, usage) : null;
    }
}

/// <summary>What a report says, field by field, of whatever app: read from its bytes by its contract.</summary>
public static class ReportFields
{
    /// <param name="contract">The app's; without it nothing can be said.</param>
    public static IReadOnlyList<ReportField> Of(Report report, ReportContract? contract)
    {
        if (contract is null)
        {
            return [];
        }

        var fields = new List<ReportField>();
        var repeated = new HashSet<string>(StringComparer.Ordinal);
        Read(report.ToByteString(), contract.Shapes, contract.Report, "", fields, repeated);
        // The packed usage, whose bytes are read by the app's own message instead.
        fields.RemoveAll(field => field.Path.StartsWith("usage.", StringComparison.Ordinal));
        if (report.Usage is { } kept)
        {
            Read(kept.Value, contract.Shapes, contract.Usage, "usage.", fields, repeated);
        }

        // A field with several values is one field, and of one that comes twice the last holds, as everywhere.
        return [.. fields.GroupBy(field => field.Path).Select(same => repeated.Contains(same.Key)
            ? new ReportField(same.Key, string.Join(", ", same.Select(field => field.Value))) : same.Last())];
    }

    /// <summary>What differs between two reports; nothing where one does not say.</summary>
    public static IEnumerable<(string Path, string? Before, string? After)> Differences(
        IReadOnlyList<ReportField> before, IReadOnlyList<ReportField> after)
    {
        var old = before.ToDictionary(field => field.Path, field => field.Value);
        var now = after.ToDictionary(field => field.Path, field => field.Value);
        return old.Keys.Union(now.Keys)
            .Where(path => path is not "report_id")
            .Select(path => (path, old.GetValueOrDefault(path), now.GetValueOrDefault(path)))
            .Where(change => change.Item2 != change.Item3);
    }

    private static void Read(ByteString bytes, ContractShapes shapes, MessageShape message, string prefix, List<ReportField> fields, HashSet<string> repeated)
    {
        using var input = bytes.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (message.Fields.GetValueOrDefault(GetTagFieldNumber(tag)) is not { } field)
            {
                input.SkipLastField();
                continue;
            }

            var path = prefix + field.Name;
            if (field.Value == ValueShape.Message)
            {
                var kept = input.ReadBytes();
                if (shapes.Message(field.Type) is not { } type)
                {
                    continue;
                }

                if (!type.IsMapEntry)
                {
                    Read(kept, shapes, type, path + ".", fields, repeated);
                    continue;
                }

                var entry = new List<ReportField>();
                Read(kept, shapes, type, "", entry, repeated);
                fields.Add(new($"{path}[{Of(entry, "key")}]", Of(entry, "value")));
                continue;
            }

            if (field.IsRepeated)
            {
                repeated.Add(path);
            }

            if (field.IsRepeated && GetTagWireType(tag) == WireType.LengthDelimited && field.Value is not (ValueShape.String or ValueShape.Bytes))
            {
                using var packed = input.ReadBytes().CreateCodedInput();
                while (!packed.IsAtEnd)
                {
                    fields.Add(new(path, Text(packed, field, shapes)));
                }
            }
            else
            {
                fields.Add(new(path, Text(input, field, shapes)));
            }
        }
    }

    private static string Of(List<ReportField> entry, string name) => entry.FirstOrDefault(field => field.Path == name)?.Value ?? "0";

    private static string Text(CodedInputStream input, FieldShape field, ContractShapes shapes) => field.Value switch
    {
        ValueShape.String => input.ReadString(),
        ValueShape.Bytes => Convert.ToHexStringLower(input.ReadBytes().Span),
        ValueShape.Bool => input.ReadBool() ? "true" : "false",
        ValueShape.Enum => input.ReadEnum() is var number && shapes.ValueName(field.Type, number) is { } name
            ? name : number.ToString(CultureInfo.InvariantCulture),
        ValueShape.Double => input.ReadDouble().ToString("R", CultureInfo.InvariantCulture),
        ValueShape.Float => input.ReadFloat().ToString("R", CultureInfo.InvariantCulture),
        ValueShape.Sint32 or ValueShape.Sint64 => input.ReadSInt64().ToString(CultureInfo.InvariantCulture),
        ValueShape.Int32 or ValueShape.Int64 => input.ReadInt64().ToString(CultureInfo.InvariantCulture),
        ValueShape.Fixed32 => input.ReadFixed32().ToString(CultureInfo.InvariantCulture),
        ValueShape.Fixed64 => input.ReadFixed64().ToString(CultureInfo.InvariantCulture),
        ValueShape.Sfixed32 => input.ReadSFixed32().ToString(CultureInfo.InvariantCulture),
        ValueShape.Sfixed64 => input.ReadSFixed64().ToString(CultureInfo.InvariantCulture),
        _ => input.ReadUInt64().ToString(CultureInfo.InvariantCulture),
    };
}
