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

    /// <summary>A number up to this one can be divided by a power of ten and multiplied again, both rounded, and is the same.</summary>
    private const ulong LargestScaled = 1UL << 50;

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
        yield return policy.Max > LargestMax ? "has a max above 2^53"
            : policy.Max > uint.MaxValue && IsNarrow(field) ? "has a max above what a uint32 holds; make it a uint64"
            : null;
        yield return policy.Decimals > 6 ? "keeps more than 6 decimals" : null;
        yield return policy.Decimals is > 0 and <= 6 && policy.Max > LargestScaled / (ulong)Math.Pow(10, policy.Decimals) && policy.Max <= LargestMax
            ? "has a max that with its decimals is above 2^50"
            : null;
        yield return field.FieldType == FieldType.Enum ? EnumerationRule(field.EnumType) : null;
        yield return policy.Required && field.IsRepeated ? "cannot be required: an empty one is not there" : null;
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
        yield return !field.IsMap && !field.IsRepeated && !field.HasPresence
            ? "must be optional: what is not known differs from zero and from nothing"
            : null;
    }

    private static string? TypeRule(FieldDescriptor field, FieldPolicy policy)
    {
        var isGuarded = policy.Labels.Count > 0 || policy.Format != TextFormat.Unspecified;
        if (field.IsMap)
        {
            var key = field.MessageType.FindFieldByNumber(1)?.FieldType;
            var value = field.MessageType.FindFieldByNumber(2)?.FieldType;
            return !field.IsRepeated || key != FieldType.String || value is not (FieldType.UInt32 or FieldType.UInt64)
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

    private static string? EnumerationRule(EnumDescriptor values)
    {
        if (values.Values.Any(value => value.Number < 0))
        {
            return "is an enumeration with a negative value";
        }

        return values.FindValueByNumber(0) is { } zero && !zero.Name.EndsWith("UNSPECIFIED", StringComparison.Ordinal)
            ? "is an enumeration whose zero means something; zero is what is not known, and its name ends in UNSPECIFIED"
            : null;
    }

    private static string? LabelRule(FieldPolicy policy)
    {
        if (!Enum.IsDefined(policy.Format))
        {
            return "has a format that is not known here";
        }

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

    private static bool IsNarrow(FieldDescriptor field) =>
        (field.IsMap ? field.MessageType.FindFieldByNumber(2)?.FieldType : field.FieldType) == FieldType.UInt32;

    private static bool IsText(FieldDescriptor field) => field.IsMap || field.FieldType == FieldType.String;

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Label();
}
