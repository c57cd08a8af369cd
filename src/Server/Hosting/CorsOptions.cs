namespace Telemetry.Server.Hosting;

/// <summary>Section "Cors": which other web origins may call the server from a browser.</summary>
internal sealed class CorsOptions
{
    public const string Section = "Cors";

    /// <summary>Origins such as "https://admin.example.org". Default: none, only pages of this server.</summary>
    public IList<string> Origins { get; } = [];

    /// <summary>The origins as browsers write them: in lower case, without a slash at the end or a default port.</summary>
    /// <exception cref="UsageException">One of them is not what a browser would ever send.</exception>
    public string[] NormalizedOrigins() => [.. Origins.Select(Normalize).Distinct(StringComparer.Ordinal)];

    private static string Normalize(string origin)
    {
        if (origin.Contains('*', StringComparison.Ordinal))
        {
            throw Refusal(origin, "has a pattern; name each origin by itself");
        }

        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.Host.Length == 0)
        {
            throw Refusal(origin, "does not begin with https:// or http:// and a host");
        }

        return uri.PathAndQuery is "/" && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0
            // What browsers send: the host in ASCII, the port unless it is the scheme's own.
            ? $"{uri.Scheme}://{(uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost)}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}"
            : throw Refusal(origin, "has more than scheme, host and port");
    }

    private static UsageException Refusal(string origin, string what) =>
        new($"Cors:Origins: '{origin}' {what}. An origin is written like https://admin.example.org or http://localhost:3000.");
}
