namespace Telemetry.Server.Hosting;

/// <summary>Section "Cors": which other web origins may call the server from a browser.</summary>
internal sealed class CorsOptions
{
    public const string Section = "Cors";

    /// <summary>Origins such as "https://admin.example.org". Default: none, only pages of this server.</summary>
    public IList<string> Origins { get; } = [];
}
