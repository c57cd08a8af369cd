using Google.Protobuf.Reflection;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Privacy;

/// <summary>What the contract says beside each field of the report.</summary>
internal static class ContractFieldMapper
{
    public static IEnumerable<RegisteredField> Read() => Read(Wire.Report.Descriptor, "");

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
