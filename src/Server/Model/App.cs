namespace Telemetry.Server.Model;

/// <summary>The apps whose reports are understood. Values are stored: never change one.</summary>
internal enum App : byte
{
    Unknown = 0,
    RoomVox = 1,
}
