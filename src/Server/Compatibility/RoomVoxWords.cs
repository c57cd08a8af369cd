using Telemetry.Server.Model;

namespace Telemetry.Server.Compatibility;

/// <summary>Nextcloud's and PHP's words for things, as the model knows them. Another word is "other", and is dropped.</summary>
internal static class RoomVoxWords
{
    public static Database DatabaseOf(string? word) => Normalize(word) switch
    {
        "" => Database.Unknown,
        "mysql" => Database.MySql,
        "mariadb" => Database.MariaDb,
        "pgsql" or "postgresql" or "postgres" => Database.PostgreSql,
        "sqlite" or "sqlite3" => Database.Sqlite,
        "oci" or "oracle" => Database.Oracle,
        "mssql" or "sqlsrv" => Database.SqlServer,
        _ => Database.Other,
    };

    /// <summary>PHP_OS_FAMILY, which is "Unknown" where PHP does not know it.</summary>
    public static OsFamily OsFamilyOf(string? word) => Normalize(word) switch
    {
        "" or "unknown" => OsFamily.Unknown,
        "linux" => OsFamily.Linux,
        "windows" => OsFamily.Windows,
        "darwin" => OsFamily.MacOs,
        "bsd" => OsFamily.Bsd,
        "solaris" => OsFamily.Solaris,
        _ => OsFamily.Other,
    };

    /// <summary>"Apache", "nginx", or what stands before the first slash of the server's own name.</summary>
    public static WebServer WebServerOf(string? word) => Normalize(word?.Split('/')[0]) switch
    {
        "" => WebServer.Unknown,
        "apache" or "apache2" or "httpd" => WebServer.Apache,
        "nginx" => WebServer.Nginx,
        "caddy" => WebServer.Caddy,
        "litespeed" or "openlitespeed" => WebServer.LiteSpeed,
        "iis" or "microsoft-iis" => WebServer.Iis,
        "kestrel" => WebServer.Kestrel,
        _ => WebServer.Other,
    };

    /// <summary>Nextcloud writes "de_DE" and "sr@latin" where BCP 47 has "de-DE" and "sr-Latn".</summary>
    public static string? LanguageOf(string? word) => word?
        .Replace("@latin", "-Latn", StringComparison.OrdinalIgnoreCase)
        .Replace('_', '-');

    private static string Normalize(string? word) => word?.Trim().ToLowerInvariant() ?? "";
}
