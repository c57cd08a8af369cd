using Google.Protobuf.Reflection;
using Telemetry.Contracts.V1;

namespace Telemetry.Contracts.Rules;

/// <summary>What a contract says beside its messages and fields.</summary>
internal static class FieldPolicies
{
    /// <summary>Under what a text that a field has no label for is counted.</summary>
    public const string CustomLabel = "custom";

    /// <summary>Why a field is collected and how it is guarded; null when the contract does not say.</summary>
    public static FieldPolicy? Of(FieldDescriptor field) => field.GetOptions()?.GetExtension(FieldPolicyExtensions.FieldPolicy);

    /// <summary>The app whose usage a message describes; null for any other message.</summary>
    public static AppPolicy? Of(MessageDescriptor message) => message.GetOptions()?.GetExtension(FieldPolicyExtensions.App);

    /// <summary>Whether a field holds a message with fields of its own; a map is one value.</summary>
    public static bool IsGroup(FieldDescriptor field) => field.FieldType == FieldType.Message && !field.IsMap;
}
