using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Telemetry.Server.Privacy;

/// <summary>Tells callers apart for a day without knowing who they are: a keyed hash of the address.</summary>
/// <remarks>The key is drawn at random, lives in memory alone and is thrown away after a day. Threading: any.</remarks>
internal sealed class CallerPseudonyms(TimeProvider time)
{
    private const int NetworkBytes = 8;

    private Keyed _keyed = Draw(time.GetUtcNow());

    /// <summary>The caller's number today; 0 when there is no address.</summary>
    public ulong Of(IPAddress? address)
    {
        if (address is null)
        {
            return 0;
        }

        var now = time.GetUtcNow();
        var keyed = Volatile.Read(ref _keyed);
        if (now - keyed.DrawnAt >= TimeSpan.FromDays(1) || now < keyed.DrawnAt)
        {
            Volatile.Write(ref _keyed, keyed = Draw(now));
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        // One household or server has a whole IPv6 network of this size.
        length = address.AddressFamily == AddressFamily.InterNetworkV6 ? NetworkBytes : length;
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(keyed.Key, bytes[..length], hash);
        return BitConverter.ToUInt64(hash);
    }

    private static Keyed Draw(DateTimeOffset now) =>
        new(RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes), now);

    private sealed record Keyed(byte[] Key, DateTimeOffset DrawnAt);
}
