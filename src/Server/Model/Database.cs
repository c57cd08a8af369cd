namespace Telemetry.Server.Model;

/// <summary>Databases that are told apart. Values are stored: never change one.</summary>
internal enum Database : byte
{
    Unknown = 0,
    Other = 1,
    MySql = 2,
    MariaDb = 3,
    PostgreSql = 4,
    Sqlite = 5,
    Oracle = 6,
    SqlServer = 7,
}
