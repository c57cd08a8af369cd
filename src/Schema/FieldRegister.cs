using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema;

/// <summary>Every field that an app's report can carry, and why, as the contract says it.</summary>
internal static class FieldRegister
{
    public static Wire.GetFieldRegisterResponse Of(ReportSchema schema) => new()
    {
        Version = schema.Fields.Max(SinceVersionOf),
        Fields = { schema.Fields.Select(ToWire) },
    };

    private static Wire.RegisteredField ToWire(SchemaField field) => new()
    {
        Path = field.Path,
        HttpNames = { field.Policy.HttpNames },
        Purpose = field.Policy.Purpose,
        Sensitivity = field.Policy.Secret ? Wire.Sensitivity.Secret
            : field.Policy.Pseudonym ? Wire.Sensitivity.Pseudonym
            : Wire.Sensitivity.Technical,
        Retention = field.Policy.Secret ? Wire.Retention.NeverStored : Wire.Retention.WithReport,
        SinceVersion = SinceVersionOf(field),
    };

    private static uint SinceVersionOf(SchemaField field) => Math.Max(field.Policy.SinceVersion, 1);
}
