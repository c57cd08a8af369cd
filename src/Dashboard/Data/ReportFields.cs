using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Telemetry.Contracts.V1;
using static Google.Protobuf.WireFormat;

namespace Telemetry.Dashboard.Data;

/// <summary>One field of a report.</summary>
/// <param name="Path">As in the register: "environment.php_version", "usage.rooms", and for a label "usage.room_types[meeting]".</param>
/// <param name="Value">As filters write it.</param>
public sealed record ReportField(string Path, string Value);

/// <summary>What a report says, field by field, of whatever app: read from its bytes by its contract.</summary>
public static class ReportFields
{
    private const string UsageSet = "usage";

    /// <param name="usage">The app's usage message; without it the usage is left out.</param>
    public static IReadOnlyList<ReportField> Of(Report report, MessageDescriptor? usage)
    {
        var fields = new List<ReportField>();
        Read(report.ToByteString(), Report.Descriptor, "", fields);
        fields.RemoveAll(field => field.Path.StartsWith("usage.", StringComparison.Ordinal));
        if (usage is not null && report.Usage is { } kept)
        {
            Read(kept.Value, usage, UsageSet + ".", fields);
        }

        // A field with several values is one field, and of one that comes twice the last holds, as everywhere.
        return [.. fields.GroupBy(field => field.Path).Select(same => same.Count() == 1 ? same.Single() : same.Key is var path && IsRepeated(path, usage)
            ? new ReportField(path, string.Join(", ", same.Select(field => field.Value))) : same.Last())];
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

    /// <summary>The usage message of an app's contract.</summary>
    public static MessageDescriptor? UsageOf(GetAppResponse app)
    {
        var set = FileDescriptorSet.Parser.ParseFrom(app.DescriptorSet);
        var files = FileDescriptor.BuildFromByteStrings(set.File.Select(file => file.ToByteString()));
        return files.SelectMany(file => file.MessageTypes).FirstOrDefault(message => message.FullName == app.App.UsageType);
    }

    private static bool IsRepeated(string path, MessageDescriptor? usage) =>
        path.StartsWith(UsageSet + ".", StringComparison.Ordinal) && usage?.FindFieldByName(path[(UsageSet.Length + 1)..]) is { IsRepeated: true, IsMap: false };

    private static void Read(ByteString bytes, MessageDescriptor message, string prefix, List<ReportField> fields)
    {
        using var input = bytes.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (message.FindFieldByNumber(GetTagFieldNumber(tag)) is not { } field)
            {
                input.SkipLastField();
            }
            else if (field.IsMap)
            {
                var entry = new List<ReportField>();
                Read(input.ReadBytes(), field.MessageType, "", entry);
                fields.Add(new($"{prefix}{field.Name}[{Of(entry, "key")}]", Of(entry, "value")));
            }
            else if (field.FieldType == FieldType.Message)
            {
                Read(input.ReadBytes(), field.MessageType, prefix + field.Name + ".", fields);
            }
            else if (field.IsRepeated && GetTagWireType(tag) == WireType.LengthDelimited && field.FieldType != FieldType.String)
            {
                using var packed = input.ReadBytes().CreateCodedInput();
                while (!packed.IsAtEnd)
                {
                    fields.Add(new(prefix + field.Name, Text(packed, field)));
                }
            }
            else
            {
                fields.Add(new(prefix + field.Name, Text(input, field)));
            }
        }
    }

    private static string Of(List<ReportField> entry, string name) => entry.FirstOrDefault(field => field.Path == name)?.Value ?? "0";

    private static string Text(CodedInputStream input, FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => input.ReadString(),
        FieldType.Bytes => Convert.ToHexStringLower(input.ReadBytes().Span),
        FieldType.Bool => input.ReadBool() ? "true" : "false",
        FieldType.Enum => input.ReadEnum() is var number && field.EnumType.FindValueByNumber(number) is { } value
            ? value.Name : number.ToString(CultureInfo.InvariantCulture),
        FieldType.Double => input.ReadDouble().ToString("R", CultureInfo.InvariantCulture),
        FieldType.Float => input.ReadFloat().ToString("R", CultureInfo.InvariantCulture),
        FieldType.SInt32 or FieldType.SInt64 => input.ReadSInt64().ToString(CultureInfo.InvariantCulture),
        FieldType.Int32 or FieldType.Int64 => input.ReadInt64().ToString(CultureInfo.InvariantCulture),
        FieldType.Fixed32 => input.ReadFixed32().ToString(CultureInfo.InvariantCulture),
        FieldType.Fixed64 => input.ReadFixed64().ToString(CultureInfo.InvariantCulture),
        FieldType.SFixed32 => input.ReadSFixed32().ToString(CultureInfo.InvariantCulture),
        FieldType.SFixed64 => input.ReadSFixed64().ToString(CultureInfo.InvariantCulture),
        _ => input.ReadUInt64().ToString(CultureInfo.InvariantCulture),
    };
}
