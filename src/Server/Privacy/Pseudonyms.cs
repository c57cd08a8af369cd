using System.Security.Cryptography;
using System.Text;
using Telemetry.Server.Model;

namespace Telemetry.Server.Privacy;

/// <summary>Computes pseudonyms: HMAC-SHA-256 (RFC 2104) of the reported hash under the server's secret.</summary>
/// <remarks>
/// A plain hash of a public URL can be reversed by trying URLs; a keyed one cannot without the secret. Every purpose
/// has a key of its own, derived under a label, so that pseudonyms of different purposes cannot be joined.
/// </remarks>
internal sealed class Pseudonyms
{
    private readonly byte[] _instanceKey;
    private readonly byte[] _subscriptionKey;

    public Pseudonyms(byte[] secret)
    {
        _instanceKey = HMACSHA256.HashData(secret, "telemetry instance"u8);
        _subscriptionKey = HMACSHA256.HashData(secret, "subscription key"u8);
    }

    /// <param name="instanceHash">64 lower-case hexadecimal digits, already checked.</param>
    public InstanceId Of(string instanceHash)
    {
        Span<byte> text = stackalloc byte[64];
        Encoding.ASCII.GetBytes(instanceHash, text);
        Span<byte> pseudonym = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_instanceKey, text, pseudonym);
        return InstanceId.Read(pseudonym);
    }

    /// <summary>The keyed hash of a subscription key: what the key is compared by, and all that outlives the call.</summary>
    public SubscriptionKeyHash OfKey(string subscriptionKey)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_subscriptionKey, Encoding.UTF8.GetBytes(subscriptionKey), hash);
        return SubscriptionKeyHash.Read(hash);
    }

    /// <summary>
    /// The pseudonym of the installation at a URL, normalised as the reporters do it: trailing slashes stripped, lower
    /// case, then SHA-256 in lower-case hexadecimal digits.
    /// </summary>
    public InstanceId OfUrl(string url)
    {
        var normalised = url.TrimEnd('/').ToLowerInvariant();
        return Of(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(normalised))));
    }
}
