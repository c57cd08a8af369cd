using Google.Protobuf.Reflection;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Collect;

/// <summary>Every field that a report can carry, as the contract describes it.</summary>
internal static class FieldList
{
    public static readonly IReadOnlyList<ListedField> Fields = [.. Read(Report.Descriptor, [])];

    /// <summary>The version of this list; grows with every field that is added.</summary>
    public static readonly uint Version = Fields.Max(field => field.SinceVersion);

    /// <summary>What a report says, field by field, in the order of the contract.</summary>
    public static IReadOnlyList<ReportField> Describe(Report report) =>
        [.. Fields.Select(field => new ReportField
        {
            Path = field.Path,
            Purpose = field.Purpose,
            Value = field.ValueIn(report),
            Secret = field.Secret,
            SinceVersion = field.SinceVersion,
        })];

    /// <summary>Removes what came after the version that was agreed to.</summary>
    public static void Withhold(Report report, uint newestAccepted)
    {
        foreach (var field in Fields.Where(field => field.SinceVersion > newestAccepted))
        {
            field.ClearIn(report);
        }
    }

    private static IEnumerable<ListedField> Read(MessageDescriptor message, FieldDescriptor[] parents) =>
        message.Fields.InDeclarationOrder().SelectMany(field =>
            field.FieldType == FieldType.Message && !field.IsMap
                ? Read(field.MessageType, [.. parents, field])
                : [new ListedField(parents, field)]);
}
