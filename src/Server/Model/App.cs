namespace Telemetry.Server.Model;

/// <summary>The apps that are known. Values are stored: never change one.</summary>
internal enum App : byte
{
    Unknown = 0,
    RoomVox = 1,

    /// <summary>Licenses only, as all below: their reports are not understood.</summary>
    FormVox = 2,
    MetaVox = 3,
    IntraVox = 4,
    IntroVox = 5,
}
