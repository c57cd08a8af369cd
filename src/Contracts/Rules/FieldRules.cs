using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using Telemetry.Contracts.V1;

namespace Telemetry.Contracts.Rules;

/// <summary>What a field of a contract may hold. Whatever could carry free text, or names a person or a place in a network, is refused.</summary>
internal static partial class FieldRules
{
    private const int MaxLabels = 250;
    private const int MaxPurpose = 300;

    /// <summary>Every whole number up to this one is exact in a double too, and so in JSON.</summary>
    private const ulong LargestMax = 1UL << 53;

    /// <summary>What a text under such a name would say, whatever its format.</summary>
    private static readonly HashSet<string> Personal = new(StringComparer.Ordinal)
    {
        "mail", "email", "host", "hostname", "domain", "url", "uri", "ip", "address", "user", "username", "login", "name",
        "person", "contact", "organization", "organisation", "company", "customer", "phone", "password", "token", "secret",
        "key", "path", "file", "folder", "title", "comment", "note", "message", "text",
    };

    /// <param name="field">A field that holds a value, and no message.</param>
    /// <param name="isApp">Whether it is an app's; the report itself may hold more.</param>
    public static IEnumerable<string> BrokenBy(FieldDescriptor field, bool isApp) => FieldPolicies.Of(field) is { } policy
        ? Of(field, policy).Concat(isApp ? OfApp(field, policy) : []).OfType<string>()
        : ["has no (telemetry.v1.field_policy); every field says why it is collected"];

    private static IEnumerable<string?> Of(FieldDescriptor field, FieldPolicy policy)
    {
        yield return policy.Purpose.Length is 0 or > MaxPurpose
            ? $"has no purpose of 1 to {MaxPurpose} characters: why is it collected?"
            : null;
        yield return TypeRule(field, policy);
        yield return policy.Max > LargestMax ? "has a max above 2^53" : null;
        yield return policy.Decimals > 6 ? "keeps more than 6 decimals" : null;
        yield return policy.Decimals <= 6 && policy.Max > LargestMax / (ulong)Math.Pow(10, policy.Decimals) && policy.Max <= LargestMax
            ? "has a max that with its decimals is above 2^53"
            : null;
        yield return field.FieldType == FieldType.Enum && field.EnumType.Values.Any(value => value.Number < 0)
            ? "is an enumeration with a negative value"
            : null;
        yield return LabelRule(policy);
    }

    private static IEnumerable<string?> OfApp(FieldDescriptor field, FieldPolicy policy)
    {
        yield return policy.Format is TextFormat.Uuid or TextFormat.Digest or TextFormat.Slug or TextFormat.Secret
            || policy.Pseudonym || policy.Secret
            ? "has a format that only the report itself may have"
            : null;
        yield return IsText(field) && field.Name.Split('_').Any(Personal.Contains)
            ? "has a name that says it holds something personal; collect a count, a flag or an enumeration instead"
            : null;
        yield return !field.IsRepeated && !field.HasPresence
            ? "must be optional: what is not known differs from zero and from nothing"
            : null;
    }

    private static string? TypeRule(FieldDescriptor field, FieldPolicy policy)
    {
        var isGuarded = policy.Labels.Count > 0 || policy.Format != TextFormat.Unspecified;
        if (field.IsMap)
        {
            var key = field.MessageType.Fields[1].FieldType;
            var value = field.MessageType.Fields[2].FieldType;
            return key != FieldType.String || value is not (FieldType.UInt32 or FieldType.UInt64)
                ? "must be a map of strings to uint32 or uint64"
                : isGuarded ? null : "is a map whose keys can be free text; give it labels or a format";
        }

        if (field.IsRepeated && field.FieldType != FieldType.String)
        {
            return "is a list; only texts with labels or a format can be one";
        }

        return field.FieldType switch
        {
            FieldType.String => isGuarded ? null : "is free text; give it labels or a format",
            FieldType.UInt32 or FieldType.UInt64 or FieldType.Bool or FieldType.Double or FieldType.Enum => null,
            FieldType.Bytes => "is bytes, which can hold anything",
            FieldType.Group => "is a group",
            _ => "must be uint32, uint64, double, bool, an enumeration, or a string with labels or a format",
        };
    }

    private static string? LabelRule(FieldPolicy policy)
    {
        if (policy.Labels.Count > 0 && policy.Format != TextFormat.Unspecified)
        {
            return "has both labels and a format";
        }

        if (policy.Labels.Count > MaxLabels)
        {
            return $"has more than {MaxLabels} labels";
        }

        return policy.Labels.Any(label => !Label().IsMatch(label) || label == FieldPolicies.CustomLabel)
            || policy.Labels.Distinct(StringComparer.Ordinal).Count() < policy.Labels.Count
            ? "has a label that is not 1 to 64 letters, digits and the characters . _ -, comes twice, or is \"custom\""
            : null;
    }

    private static bool IsText(FieldDescriptor field) => field.IsMap || field.FieldType == FieldType.String;

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Label();
}
