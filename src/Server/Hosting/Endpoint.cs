using System.Globalization;
using System.Net;

namespace Telemetry.Server.Hosting;

/// <summary>Reads listen addresses.</summary>
internal static class Endpoint
{
    /// <summary>"127.0.0.1:8080", "[::1]:8080", "localhost:8080", "*:8080" (every address); port 0 is any free one.</summary>
    /// <exception cref="UsageException">It is no such address.</exception>
    public static IPEndPoint Parse(string key, string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon > 0
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && AddressOf(text[..colon]) is { } address)
        {
            return new IPEndPoint(address, port);
        }

        throw new UsageException(
            $"{key} must be an address and a port, e.g. 127.0.0.1:8080, [::1]:8080 or *:8080, not '{text}'.");
    }

    private static IPAddress? AddressOf(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.IPv6Any,
        ['[', .. var inner, ']'] => IPAddress.TryParse(inner, out var address) ? address : null,
        // "::1:8080" could be an address with a port or one without.
        _ when !host.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(host, out var address) => address,
        _ => null,
    };
}
