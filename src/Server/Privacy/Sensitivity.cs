namespace Telemetry.Server.Privacy;

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
