using Google.Protobuf.WellKnownTypes;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema;

/// <summary>An app as the contract tells of it.</summary>
internal static class AppDescription
{
    /// <param name="schema">What its reports can hold; its contract is known.</param>
    /// <param name="contract">With what it was registered; null when it was not.</param>
    public static Wire.App Of(ReportSchema schema, RegisteredContract? contract) => new()
    {
        Slug = schema.App,
        DisplayName = schema.Policy!.DisplayName,
        UsageType = schema.Descriptor!.FullName,
        BuiltIn = AppRegistry.IsBuiltIn(schema.App),
        Revision = (uint)(contract?.Revision ?? 0),
        RegisteredAt = contract is null ? null : Timestamp.FromDateTimeOffset(contract.RegisteredAt),
        UsageFields = (uint)(schema.Fields.Count - CoreFields.Schema.Fields.Count),
    };
}
