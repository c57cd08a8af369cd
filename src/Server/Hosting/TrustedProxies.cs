using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Telemetry.Server.Hosting;

/// <summary>Whose word is taken for where a request came from: <c>Server:TrustedProxies</c>.</summary>
/// <remarks>
/// Without any nothing forwarded is believed, not from loopback either. The header X-Forwarded-For is read from its end, for
/// as long as the one who added to it is trusted: what a client wrote into it itself stands further to the front.
/// </remarks>
internal sealed class TrustedProxies
{
    private const string Key = $"{ServerOptions.Section}:{nameof(ServerOptions.TrustedProxies)}";
    private const string Header = "X-Forwarded-For";

    private readonly IReadOnlyList<IPNetwork> _networks;

    /// <exception cref="UsageException">An entry is neither an address nor a network.</exception>
    public TrustedProxies(IConfiguration configuration)
    {
        _networks = [.. configuration.GetSection(Key).GetChildren()
            .Select(entry => Parse(entry.Path, entry.Value ?? ""))];
    }

    public bool Any => _networks.Count > 0;

    public bool Contains(IPAddress? address) => address is not null
        && _networks.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));

    /// <summary>Whether a proxy that is not trusted says for whom it speaks.</summary>
    public static bool ForwardsUnbelieved(HttpContext context) =>
        context.Request.Headers.ContainsKey(Header)
        && !context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XOriginalForHeaderName);

    public void Use(IApplicationBuilder app)
    {
        // The framework believes everybody when nobody is named.
        if (!Any)
        {
            return;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in _networks)
        {
            options.KnownIPNetworks.Add(network);
        }

        app.UseForwardedHeaders(options);
    }

    private static IPNetwork Parse(string key, string text)
    {
        if (IPAddress.TryParse(text, out var address) && !text.Contains('/', StringComparison.Ordinal))
        {
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        }

        if (!IPNetwork.TryParse(text, out var network))
        {
            throw new UsageException(
                $"{key} must be an address or a network of addresses, e.g. 127.0.0.1, ::1, 10.0.0.0/8 or fd00::/8: not a name, "
                + "not a port.");
        }

        return network.PrefixLength > 0
            ? network
            : throw new UsageException($"{key} would believe everybody; name the proxies, or none.");
    }
}
