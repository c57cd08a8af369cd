using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Insights.Questions;

/// <summary>Passes over columns of a chunk, as fast as memory gives them: what most of every answer's time goes into.</summary>
/// <remarks>
/// A column of codes may be empty, and then everybody has code 0. Tables have a place for every code that a column has.
/// </remarks>
internal static class Scan
{
    /// <summary>Keeps those whose code is allowed.</summary>
    /// <param name="mask">Who is looked at.</param>
    /// <param name="codes">By ordinal.</param>
    /// <param name="allowed">By code: 1 when it is allowed, else 0.</param>
    public static void Keep(Span<ulong> mask, ReadOnlySpan<ushort> codes, ReadOnlySpan<byte> allowed)
    {
        if (codes.IsEmpty)
        {
            if (allowed[0] == 0)
            {
                mask.Clear();
            }

            return;
        }

        for (var word = 0; word < mask.Length; word++)
        {
            if (mask[word] == 0)
            {
                continue;
            }

            var kept = 0UL;
            var cells = codes.Slice(word << 6, Math.Min(64, codes.Length - (word << 6)));
            for (var i = 0; i < cells.Length; i++)
            {
                kept |= (ulong)allowed[cells[i]] << i;
            }

            mask[word] &= kept;
        }
    }

    /// <summary>Takes out those whose day has come: the ones from 1 up to a last.</summary>
    public static void TakeOutUpTo(Span<ulong> mask, ReadOnlySpan<ushort> days, ushort last)
    {
        // What is 0 wraps around to the largest there is.
        var limit = Vector256.Create(last);
        for (var word = 0; word < mask.Length; word++)
        {
            var cells = days.Slice(word << 6, Math.Min(64, days.Length - (word << 6)));
            var come = 0UL;
            if (cells.Length == 64)
            {
                var vectors = MemoryMarshal.Cast<ushort, Vector256<ushort>>(cells);
                for (var i = 0; i < vectors.Length; i++)
                {
                    come |= (ulong)Vector256.LessThan(vectors[i] - Vector256<ushort>.One, limit).ExtractMostSignificantBits() << (16 * i);
                }
            }
            else
            {
                for (var i = 0; i < cells.Length; i++)
                {
                    come |= (ushort)(cells[i] - 1) < last ? 1UL << i : 0;
                }
            }

            mask[word] &= ~come;
        }
    }

    /// <summary>Adds each one of a mask to the count of its code.</summary>
    public static void Count(ReadOnlySpan<ulong> mask, ReadOnlySpan<ushort> codes, Span<int> counts)
    {
        if (codes.IsEmpty)
        {
            counts[0] += Masks.Count(mask);
            return;
        }

        for (var word = 0; word < mask.Length; word++)
        {
            var cells = codes.Slice(word << 6, Math.Min(64, codes.Length - (word << 6)));
            for (var bits = mask[word]; bits != 0; bits &= bits - 1)
            {
                counts[cells[BitOperations.TrailingZeroCount(bits)]]++;
            }
        }
    }

    /// <summary>Sums a measure of those of a mask who tell it.</summary>
    /// <returns>The sum, and how many tell it.</returns>
    public static (UInt128 Sum, long Known) Sum(ReadOnlySpan<ulong> mask, Column? column)
    {
        const int words = Column.BlockSize / 64;
        var (sum, known) = (UInt128.Zero, 0L);
        for (var block = 0; block < (column?.Blocks.Count ?? 0) && block * words < mask.Length; block++)
        {
            var part = mask.Slice(block * words, Math.Min(words, mask.Length - (block * words)));
            var cells = column!.Blocks[block];
            var (blockSum, blockKnown) = (cells.Length / Column.BlockSize) switch
            {
                1 => Sum<byte>(part, cells),
                2 => Sum(part, MemoryMarshal.Cast<byte, ushort>(cells)),
                4 => Sum(part, MemoryMarshal.Cast<byte, uint>(cells)),
                _ => Sum(part, MemoryMarshal.Cast<byte, ulong>(cells)),
            };
            (sum, known) = (sum + blockSum, known + blockKnown);
        }

        return (sum, known);
    }

    private static (UInt128 Sum, long Known) Sum<T>(ReadOnlySpan<ulong> mask, ReadOnlySpan<T> cells)
        where T : unmanaged, IBinaryInteger<T>
    {
        var (sum, known) = (UInt128.Zero, 0L);
        for (var word = 0; word < mask.Length; word++)
        {
            for (var bits = mask[word]; bits != 0; bits &= bits - 1)
            {
                var cell = cells[(word << 6) + BitOperations.TrailingZeroCount(bits)];
                if (cell != T.Zero)
                {
                    sum += ulong.CreateTruncating(cell) - 1;
                    known++;
                }
            }
        }

        return (sum, known);
    }

    /// <summary>Reads a measure of those of a mask, one after another.</summary>
    /// <param name="mask">Who.</param>
    /// <param name="column">The measure; null when nobody ever told it.</param>
    /// <param name="factor">What each number is multiplied by.</param>
    /// <param name="numbers">As many as the mask has; -1 for what is not told.</param>
    /// <returns>The largest number.</returns>
    public static long Read(ReadOnlySpan<ulong> mask, Column? column, long factor, Span<long> numbers)
    {
        const int words = Column.BlockSize / 64;
        var (next, largest) = (0, 0L);
        for (var from = 0; from < mask.Length; from += words)
        {
            var part = mask.Slice(from, Math.Min(words, mask.Length - from));
            var into = numbers.Slice(next, Masks.Count(part));
            var block = from / words;
            next += into.Length;
            if (column is null || block >= column.Blocks.Count)
            {
                into.Fill(-1);
                continue;
            }

            var cells = column.Blocks[block];
            largest = Math.Max(largest, (cells.Length / Column.BlockSize) switch
            {
                1 => Read<byte>(part, cells, factor, into),
                2 => Read(part, MemoryMarshal.Cast<byte, ushort>(cells), factor, into),
                4 => Read(part, MemoryMarshal.Cast<byte, uint>(cells), factor, into),
                _ => Read(part, MemoryMarshal.Cast<byte, ulong>(cells), factor, into),
            });
        }

        return largest;
    }

    private static long Read<T>(ReadOnlySpan<ulong> mask, ReadOnlySpan<T> cells, long factor, Span<long> numbers)
        where T : unmanaged, IBinaryInteger<T>
    {
        var (next, largest) = (0, 0L);
        for (var word = 0; word < mask.Length; word++)
        {
            for (var bits = mask[word]; bits != 0; bits &= bits - 1)
            {
                var cell = cells[(word << 6) + BitOperations.TrailingZeroCount(bits)];
                var number = cell == T.Zero ? -1 : ((long)ulong.CreateTruncating(cell) - 1) * factor;
                numbers[next++] = number;
                largest = Math.Max(largest, number);
            }
        }

        return largest;
    }
}
