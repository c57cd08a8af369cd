namespace Telemetry.Server.Model;

/// <summary>Families of operating systems. Values are stored: never change one.</summary>
internal enum OsFamily : byte
{
    Unknown = 0,
    Other = 1,
    Linux = 2,
    Windows = 3,
    MacOs = 4,
    Bsd = 5,
    Solaris = 6,
}
