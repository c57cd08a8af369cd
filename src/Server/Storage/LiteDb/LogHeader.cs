using System.Buffers.Binary;
using System.IO.Hashing;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>What a log file says about one filling of itself.</summary>
/// <param name="Format">1 while there was one log file, 2 since there are two.</param>
/// <param name="Epoch">Which filling; the two files count together. 0: the file was never begun.</param>
/// <param name="Before">The end of the other file's frames when this filling began; none in the first filling.</param>
internal readonly record struct LogHeader(int Format, ulong Epoch, FrameChain Before)
{
    public const int CurrentFormat = 2;

    /// <summary>Bytes it takes, a sector for each of two; frames come after them.</summary>
    public const int Size = 2 * SectorSize;

    private const int SectorSize = 4096;
    private const int LengthOfFormat1 = 3 * sizeof(ulong);
    private const int LengthOfFormat2 = 5 * sizeof(ulong);

    /// <summary>"TLMLOG", the digit of the format, zero.</summary>
    private const ulong Magic = 0x00_00_47_4F_4C_4D_4C_54;

    /// <returns>A header of no epoch when the sector holds none, or one that was torn.</returns>
    /// <exception cref="StoreOpenException">It was written by a newer version.</exception>
    public static LogHeader Read(IStorageFile file, int slot)
    {
        Span<byte> sector = stackalloc byte[LengthOfFormat2];
        var read = sector[..file.Read(sector, SectorSize * (long)slot)];
        if (read.Length < LengthOfFormat1)
        {
            return default;
        }

        var format = (int)((BinaryPrimitives.ReadUInt64LittleEndian(read) ^ Magic) >> 48) - '0';
        if (BinaryPrimitives.ReadUInt64LittleEndian(read) != MagicOf(format))
        {
            return default;
        }

        return format switch
        {
            1 when IsWhole(read[..LengthOfFormat1]) => new LogHeader(1, WordAt(read, 1), default),
            2 when read.Length == LengthOfFormat2 && IsWhole(read) =>
                new LogHeader(2, WordAt(read, 1), new FrameChain((int)WordAt(read, 2), WordAt(read, 3))),
            > CurrentFormat and <= 9 => throw new StoreOpenException(
                $"The log was written by a newer version (format {format}; this one knows {CurrentFormat}). "
                + "Install that version or a newer one."),
            _ => default,
        };
    }

    /// <summary>Writes it, in this version's format; it is in force only once the file is synced.</summary>
    public void Write(IStorageFile file, int slot)
    {
        Span<byte> sector = stackalloc byte[LengthOfFormat2];
        BinaryPrimitives.WriteUInt64LittleEndian(sector, MagicOf(CurrentFormat));
        BinaryPrimitives.WriteUInt64LittleEndian(sector[8..], Epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[16..], (ulong)Before.Frames);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[24..], Before.Checksum);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[32..], XxHash3.HashToUInt64(sector[..32]));
        file.Write(sector, SectorSize * (long)slot);
        if (file.Length < Size)
        {
            file.SetLength(Size);
        }
    }

    private static ulong MagicOf(int format) => Magic | (ulong)('0' + format) << 48;

    private static bool IsWhole(ReadOnlySpan<byte> sector) =>
        BinaryPrimitives.ReadUInt64LittleEndian(sector[^sizeof(ulong)..]) == XxHash3.HashToUInt64(sector[..^sizeof(ulong)]);

    private static ulong WordAt(ReadOnlySpan<byte> sector, int word) =>
        BinaryPrimitives.ReadUInt64LittleEndian(sector[(word * sizeof(ulong))..]);
}
