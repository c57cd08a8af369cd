namespace Telemetry.Server.Privacy;

/// <summary>One field of the report, as the field register describes it.</summary>
/// <param name="Path">Path in the Report message.</param>
/// <param name="HttpName">Name in the existing apps' JSON; empty when they do not send it.</param>
/// <param name="Purpose">Why it is collected.</param>
/// <param name="Sensitivity">How closely it is guarded.</param>
/// <param name="SinceVersion">Register version that introduced it.</param>
internal sealed record RegisteredField(
    string Path, string HttpName, string Purpose, Sensitivity Sensitivity, uint SinceVersion);
