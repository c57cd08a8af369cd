namespace Telemetry.Server.Model;

/// <summary>The system an app runs on, normalized. An empty string, a zero and a null mean not known.</summary>
internal sealed record InstallationEnvironment
{
    public static readonly InstallationEnvironment Unknown = new();

    public string NextcloudVersion { get; init; } = "";

    public string PhpVersion { get; init; } = "";

    public string DotnetVersion { get; init; } = "";

    public CountryCode Country { get; init; }

    public CountrySource CountrySource { get; init; }

    public Database Database { get; init; }

    public string Language { get; init; } = "";

    public string Timezone { get; init; } = "";

    public OsFamily OsFamily { get; init; }

    public WebServer WebServer { get; init; }

    public bool? Container { get; init; }
}

/// <summary>Where a country comes from. Values are stored: never change one.</summary>
internal enum CountrySource : byte
{
    None = 0,
    Reported = 1,
    Timezone = 2,
}

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
