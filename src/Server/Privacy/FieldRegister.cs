using Google.Protobuf.Reflection;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Privacy;

/// <summary>Every field that a report can carry, and why: what the contract says beside each field.</summary>
internal static class FieldRegister
{
    public static readonly IReadOnlyList<RegisteredField> Fields = [.. Read(Wire.Report.Descriptor, "")];

    public static readonly uint Version = Fields.Max(field => field.SinceVersion);

    private static IEnumerable<RegisteredField> Read(MessageDescriptor message, string prefix) =>
        message.Fields.InDeclarationOrder().SelectMany(field =>
            field.FieldType == FieldType.Message && !field.IsMap
                ? Read(field.MessageType, prefix + field.Name + ".")
                : [Read(field, prefix)]);

    private static RegisteredField Read(FieldDescriptor field, string prefix)
    {
        var policy = field.GetOptions()?.GetExtension(Wire.FieldPolicyExtensions.FieldPolicy)
            ?? throw new InvalidOperationException($"The contract gives no policy for {field.FullName}.");
        return new RegisteredField(
            prefix + field.Name, policy.HttpName, policy.Purpose,
            policy.Secret ? Sensitivity.Secret : policy.Pseudonym ? Sensitivity.Pseudonym : Sensitivity.Technical,
            Math.Max(policy.SinceVersion, 1));
    }
}
