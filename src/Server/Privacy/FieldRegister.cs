namespace Telemetry.Server.Privacy;

/// <summary>Every field that a report can carry, and why.</summary>
internal static class FieldRegister
{
    public static readonly IReadOnlyList<RegisteredField> Fields = [.. ContractFieldMapper.Read()];

    public static readonly uint Version = Fields.Max(field => field.SinceVersion);
}

/// <summary>One field of the report, as the field register describes it.</summary>
/// <param name="Path">Path in the Report message.</param>
/// <param name="HttpName">Name in the existing apps' JSON; empty when they do not send it.</param>
/// <param name="Purpose">Why it is collected.</param>
/// <param name="Sensitivity">How closely it is guarded.</param>
/// <param name="SinceVersion">Register version that introduced it.</param>
internal sealed record RegisteredField(
    string Path, string HttpName, string Purpose, Sensitivity Sensitivity, uint SinceVersion);

/// <summary>How closely a field is guarded.</summary>
internal enum Sensitivity
{
    /// <summary>About the software, or a count; kept with the report.</summary>
    Technical = 1,

    /// <summary>Tells installations apart; kept only as a keyed pseudonym.</summary>
    Pseudonym = 2,

    /// <summary>A secret of the installation; never stored.</summary>
    Secret = 3,
}
