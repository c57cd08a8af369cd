using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Telemetry.Contracts.Rules;

/// <summary>How entries of the audit log hold together.</summary>
public static class AuditHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>What comes before the first entry.</summary>
    public static ReadOnlyMemory<byte> Beginning { get; } = new byte[Size];

    /// <summary>SHA-256 of the hash before, the number in eight bytes, the most significant one first, and what was written.</summary>
    /// <param name="previousHash">The hash of the entry before; <see cref="Beginning"/> for the first.</param>
    /// <param name="number">The entry's number, from 1 on.</param>
    /// <param name="written">The record's bytes.</param>
    public static byte[] Of(ReadOnlySpan<byte> previousHash, ulong number, ReadOnlySpan<byte> written)
    {
        Span<byte> place = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(place, number);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previousHash);
        hash.AppendData(place);
        hash.AppendData(written);
        return hash.GetHashAndReset();
    }
}
