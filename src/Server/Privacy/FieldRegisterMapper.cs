using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Privacy;

/// <summary>The field register as a contract message.</summary>
internal static class FieldRegisterMapper
{
    public static readonly Wire.GetFieldRegisterResponse Response = new()
    {
        Version = FieldRegister.Version,
        Fields = { FieldRegister.Fields.Select(ToWire) },
    };

    private static Wire.RegisteredField ToWire(RegisteredField field) => new()
    {
        Path = field.Path,
        HttpName = field.HttpName,
        Purpose = field.Purpose,
        Sensitivity = (Wire.Sensitivity)field.Sensitivity,
        Retention = field.Sensitivity == Sensitivity.Secret
            ? Wire.Retention.NeverStored
            : Wire.Retention.WithReport,
        SinceVersion = field.SinceVersion,
    };
}
