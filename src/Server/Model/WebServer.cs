namespace Telemetry.Server.Model;

/// <summary>Web servers that are told apart. Values are stored: never change one.</summary>
internal enum WebServer : byte
{
    Unknown = 0,
    Other = 1,
    Apache = 2,
    Nginx = 3,
    Caddy = 4,
    LiteSpeed = 5,
    Iis = 6,
    Kestrel = 7,
}
