namespace Telemetry.Cli;

/// <summary>What people name an installation by.</summary>
internal enum InstanceName
{
    Pseudonym,
    Hash,
    Url,
}
