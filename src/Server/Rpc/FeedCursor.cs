using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Telemetry.Server.Model;

namespace Telemetry.Server.Rpc;

/// <summary>Positions as readers keep them: texts that mean nothing to anybody but the server.</summary>
/// <remarks>Base64url of a version, the epoch and the number, so that another store may have other cursors one day.</remarks>
internal static class FeedCursor
{
    /// <summary>Characters of every cursor.</summary>
    public const int Length = 23;

    private const byte Version = 1;
    private const int Size = 1 + sizeof(ulong) + sizeof(long);

    public static void Write(FeedPosition position, Span<byte> utf8)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], position.Epoch);
        BinaryPrimitives.WriteInt64BigEndian(bytes[9..], position.Number);
        Base64Url.EncodeToUtf8(bytes, utf8);
    }

    public static string Of(FeedPosition position)
    {
        Span<byte> utf8 = stackalloc byte[Length];
        Write(position, utf8);
        return Encoding.ASCII.GetString(utf8);
    }

    /// <returns>False when no server ever gave this out.</returns>
    public static bool TryRead(string cursor, out FeedPosition position)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (cursor.Length == Length && Base64Url.TryDecodeFromChars(cursor, bytes, out var size) && size == Size && bytes[0] == Version)
        {
            position = new FeedPosition(
                BinaryPrimitives.ReadUInt64BigEndian(bytes[1..]), BinaryPrimitives.ReadInt64BigEndian(bytes[9..]));
            return position.Number >= 0;
        }

        position = default;
        return false;
    }
}
