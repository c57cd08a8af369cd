using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema;

/// <summary>Every field that an app's report can carry, and why, as the contract says it.</summary>
internal static class FieldRegister
{
    /// <param name="schema">The app's schema.</param>
    /// <param name="kept">How long a server keeps what comes of a report; null where none is asked.</param>
    public static Wire.GetFieldRegisterResponse Of(ReportSchema schema, Wire.KeptFor? kept) => new()
    {
        Version = schema.Fields.Max(SinceVersionOf),
        Fields = { schema.Fields.Select(field => ToWire(field, kept)) },
        KeptFor = kept,
    };

    private static Wire.RegisteredField ToWire(SchemaField field, Wire.KeptFor? kept) => new()
    {
        Path = field.Path,
        HttpNames = { field.Policy.HttpNames },
        Purpose = field.Policy.Purpose,
        Sensitivity = field.Policy.Secret ? Wire.Sensitivity.Secret
            : field.Policy.Pseudonym ? Wire.Sensitivity.Pseudonym
            : Wire.Sensitivity.Technical,
        Retention = field.Policy.Secret ? Wire.Retention.NeverStored : Wire.Retention.WithReport,
        SinceVersion = SinceVersionOf(field),
        KeptDays = field.Policy.Secret ? 0 : kept?.ReportDays ?? 0,
    };

    private static uint SinceVersionOf(SchemaField field) => Math.Max(field.Policy.SinceVersion, 1);
}
