namespace Telemetry.Server.Privacy;

/// <summary>Every field that a report can carry, and why.</summary>
internal static class FieldRegister
{
    public static readonly IReadOnlyList<RegisteredField> Fields = [.. ContractFieldMapper.Read()];

    public static readonly uint Version = Fields.Max(field => field.SinceVersion);
}
