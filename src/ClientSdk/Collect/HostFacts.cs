using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>What only the app knows of its surroundings. Everything is optional; unknown stays unknown.</summary>
public sealed class HostFacts
{
    /// <summary>Country as ISO 3166-1 alpha-2, e.g. "DE", from the app's own settings. Never guessed by the SDK.</summary>
    public string? Country { get; set; }

    /// <summary>Default language as a BCP 47 tag; null: the process's own culture, when it has one.</summary>
    public string? Language { get; set; }

    /// <summary>Default timezone as an IANA name; null: the machine's, when it has such a name.</summary>
    public string? Timezone { get; set; }

    /// <summary>The database in use.</summary>
    public Database Database { get; set; }

    /// <summary>The web server in front, or Kestrel itself.</summary>
    public WebServer WebServer { get; set; }
}
