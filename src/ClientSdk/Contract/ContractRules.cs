using Google.Protobuf.Reflection;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Contract;

/// <summary>What a server will refuse in an app's contract as far as it is plain to see: found at the first start.</summary>
/// <remarks>The server has the last word; it knows more rules.</remarks>
internal static class ContractRules
{
    private const int MaxDepth = 3;

    /// <summary>Every broken rule, as a sentence.</summary>
    public static IEnumerable<string> ProblemsOf(MessageDescriptor usage) =>
        (FieldPolicies.Of(usage) switch
        {
            null => "has no option (telemetry.v1.app), which names the app",
            { Slug: var slug } when !AppSlug.IsValid(slug) => $"has a slug that is not {AppSlug.Rule}",
            _ => null,
        } is { } problem ? [problem] : Array.Empty<string>())
        .Concat(ProblemsIn(usage, "", 1))
        .Select(rule => $"{usage.FullName} {rule}.");

    private static IEnumerable<string> ProblemsIn(MessageDescriptor message, string prefix, int depth) =>
        message.Fields.InDeclarationOrder().SelectMany(field =>
            FieldPolicies.IsGroup(field) && !field.IsRepeated && field.RealContainingOneof is null
                ? depth < MaxDepth
                    ? ProblemsIn(field.MessageType, $"{prefix}{field.Name}.", depth + 1)
                    : [$"has messages more than {MaxDepth} deep, in {prefix}{field.Name}"]
                : RuleBrokenBy(field) is { } rule ? [$"has the field {prefix}{field.Name}, which {rule}"] : []);

    private static string? RuleBrokenBy(FieldDescriptor field) => FieldPolicies.Of(field) switch
    {
        _ when field.RealContainingOneof is not null => "is in a oneof; give each alternative a field of its own",
        _ when !IsCollectable(field) =>
            "is of a type that cannot be collected: use uint32, uint64, double, bool, an enumeration, a string, a list of "
            + "strings, or a map of strings to uint32 or uint64",
        null or { Purpose: "" } => "does not say why it is collected, in (telemetry.v1.field_policy).purpose",
        { Labels.Count: 0, Format: TextFormat.Unspecified } when field.IsMap || field.FieldType == FieldType.String =>
            "is free text; give it labels or a format",
        _ when !field.IsRepeated && !field.HasPresence => "must be optional: what is not known differs from zero",
        _ => null,
    };

    private static bool IsCollectable(FieldDescriptor field) => field.IsMap
        ? ContractMap.Of(field)?.Value.FieldType is FieldType.UInt32 or FieldType.UInt64
        : field.IsRepeated
            ? field.FieldType == FieldType.String
            : field.FieldType is FieldType.UInt32 or FieldType.UInt64 or FieldType.Double or FieldType.Bool or FieldType.Enum
                or FieldType.String;
}
