namespace Telemetry.Testing;

/// <summary>Ways in which a file comes to hold other bytes than were written: a failing disk, a half copy, a lost write.</summary>
internal static class DamagedBytes
{
    public static byte[] FlipBit(byte[] bytes, Random random) =>
        Change(bytes, copy => copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8)));

    /// <summary>A sector of 512 or 4,096 bytes reads as zeros.</summary>
    public static byte[] ZeroSector(byte[] bytes, Random random)
    {
        var sector = random.Next(2) == 0 ? 512 : 4096;
        return Change(bytes, copy => BlockAt(copy, random.Next((copy.Length / sector) + 1), sector).Clear());
    }

    public static byte[] Truncate(byte[] bytes, Random random) => bytes[..random.Next(bytes.Length)];

    /// <summary>One block is found in another one's place as well.</summary>
    public static byte[] DuplicateBlock(byte[] bytes, int size, Random random) => Change(bytes, copy =>
    {
        var (from, to) = (random.Next(copy.Length / size), random.Next(copy.Length / size));
        copy.AsSpan(from * size, size).CopyTo(copy.AsSpan(to * size));
    });

    /// <summary>Two blocks are found in each other's place.</summary>
    public static byte[] SwapBlocks(byte[] bytes, int size, Random random) => Change(bytes, copy =>
    {
        var (from, to) = (random.Next(copy.Length / size), random.Next(copy.Length / size));
        bytes.AsSpan(from * size, size).CopyTo(copy.AsSpan(to * size));
        bytes.AsSpan(to * size, size).CopyTo(copy.AsSpan(from * size));
    });

    private static byte[] Change(byte[] bytes, Action<byte[]> change)
    {
        var copy = bytes.ToArray();
        change(copy);
        return copy;
    }

    private static Span<byte> BlockAt(byte[] bytes, int index, int size)
    {
        var start = Math.Min(index * size, bytes.Length);
        return bytes.AsSpan(start, Math.Min(size, bytes.Length - start));
    }
}
