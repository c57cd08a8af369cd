using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Telemetry.Server.Callers;

/// <summary>Tells callers apart for a day without knowing who they are: a keyed hash of the address.</summary>
/// <remarks>
/// The key is drawn at random, lives in memory alone and is thrown away after a day. Of the hash so few bits are kept that
/// whatever is counted by caller stays small however many addresses come; who shares a number with whom cannot be
/// foreseen without the key. Threading: any.
/// </remarks>
internal sealed class CallerPseudonyms(TimeProvider time)
{
    private const int NetworkBytes = 8;

    private Keyed _keyed = Draw(time.GetUtcNow());

    /// <summary>Who makes this request: the client, or whom a trusted proxy makes it for.</summary>
    public Caller Of(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        // Hashing costs more than all limits together, and most connections have one caller.
        var connection = context.Features.Get<ConnectionCaller>();
        if (connection?.Known is { } known && Equals(known.Address, address) && known.Keyed == Current())
        {
            return known.Caller;
        }

        var keyed = Current();
        var caller = Of(address, keyed);
        if (connection is not null)
        {
            connection.Known = new ConnectionCaller.Entry(address, keyed, caller);
        }

        return caller;
    }

    /// <summary>The caller's number today; 0 when there is no address.</summary>
    public Caller Of(IPAddress? address) => Of(address, Current());

    private static Caller Of(IPAddress? address, Keyed keyed)
    {
        if (address is null)
        {
            return default;
        }

        // What a listener for both families shows of IPv4; without this all of it would be one network.
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        // One household or server has a whole IPv6 network of this size.
        length = address.AddressFamily == AddressFamily.InterNetworkV6 ? NetworkBytes : length;
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(keyed.Key, bytes[..length], hash);
        return new Caller((ushort)(BinaryPrimitives.ReadUInt16LittleEndian(hash) % Caller.Count));
    }

    private Keyed Current()
    {
        var now = time.GetUtcNow();
        var keyed = Volatile.Read(ref _keyed);
        if (now - keyed.DrawnAt >= TimeSpan.FromDays(1) || now < keyed.DrawnAt)
        {
            Volatile.Write(ref _keyed, keyed = Draw(now));
        }

        return keyed;
    }

    private static Keyed Draw(DateTimeOffset now) =>
        new(RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes), now);

    internal sealed record Keyed(byte[] Key, DateTimeOffset DrawnAt);
}

/// <summary>A caller's number until the key changes.</summary>
internal readonly record struct Caller(ushort Number)
{
    /// <summary>How many numbers there are: few enough for memory, many enough that neighbors seldom share one.</summary>
    public const int Count = 32_768;
}

/// <summary>The last caller of a connection, kept with it; ends with it.</summary>
internal sealed class ConnectionCaller
{
    public Entry? Known { get; set; }

    internal sealed record Entry(IPAddress? Address, CallerPseudonyms.Keyed Keyed, Caller Caller);
}
