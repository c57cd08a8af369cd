namespace Telemetry.Client.Licensing;

/// <summary>Types of tokens, so that one kind is never taken for another.</summary>
internal static class TokenTypes
{
    public const string License = "telemetry-license+jwt";
    public const string Refusal = "telemetry-refusal+jwt";
    public const string Erasure = "telemetry-erasure+jwt";
    public const string Keys = "telemetry-keys+jwt";
    public const string Revocations = "telemetry-revocations+jwt";
}
