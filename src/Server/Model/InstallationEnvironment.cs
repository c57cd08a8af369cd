namespace Telemetry.Server.Model;

/// <summary>The system an app runs on, normalised. An empty string, a zero and a null mean not known.</summary>
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
