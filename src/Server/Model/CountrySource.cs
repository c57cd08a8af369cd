namespace Telemetry.Server.Model;

/// <summary>Where a country comes from. Values are stored: never change one.</summary>
internal enum CountrySource : byte
{
    None = 0,
    Reported = 1,
    Timezone = 2,
}
