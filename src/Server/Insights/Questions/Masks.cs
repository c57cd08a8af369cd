using System.Numerics;
using System.Runtime.InteropServices;

namespace Telemetry.Server.Insights.Questions;

/// <summary>Sets of installations, a bit each.</summary>
internal static class Masks
{
    /// <summary>Adds the members of another set, which may be of fewer installations.</summary>
    public static void Or(Span<ulong> mask, ReadOnlySpan<ulong> other)
    {
        other = other[..Math.Min(other.Length, mask.Length)];
        var left = MemoryMarshal.Cast<ulong, Vector<ulong>>(mask);
        var right = MemoryMarshal.Cast<ulong, Vector<ulong>>(other);
        for (var i = 0; i < right.Length; i++)
        {
            left[i] |= right[i];
        }

        for (var i = right.Length * Vector<ulong>.Count; i < other.Length; i++)
        {
            mask[i] |= other[i];
        }
    }

    /// <summary>Takes the members of another set out, which may be of fewer installations.</summary>
    public static void AndNot(Span<ulong> mask, ReadOnlySpan<ulong> other)
    {
        other = other[..Math.Min(other.Length, mask.Length)];
        var left = MemoryMarshal.Cast<ulong, Vector<ulong>>(mask);
        var right = MemoryMarshal.Cast<ulong, Vector<ulong>>(other);
        for (var i = 0; i < right.Length; i++)
        {
            left[i] = Vector.AndNot(left[i], right[i]);
        }

        for (var i = right.Length * Vector<ulong>.Count; i < other.Length; i++)
        {
            mask[i] &= ~other[i];
        }
    }

    /// <summary>Keeps what is in another set of as many installations.</summary>
    public static void And(Span<ulong> mask, ReadOnlySpan<ulong> other)
    {
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] &= i < other.Length ? other[i] : 0;
        }
    }

    /// <summary>Adds the ordinals from one on and before another.</summary>
    public static void AddRange(Span<ulong> mask, int from, int until)
    {
        for (var ordinal = from; ordinal < until;)
        {
            var (word, bit) = (ordinal >> 6, ordinal & 63);
            var count = Math.Min(64 - bit, until - ordinal);
            mask[word] |= (count == 64 ? ulong.MaxValue : (1UL << count) - 1) << bit;
            ordinal += count;
        }
    }

    public static int Count(ReadOnlySpan<ulong> mask)
    {
        var count = 0;
        foreach (var word in mask)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    public static int CountOfBoth(ReadOnlySpan<ulong> mask, ReadOnlySpan<ulong> other)
    {
        var count = 0;
        for (var i = 0; i < Math.Min(mask.Length, other.Length); i++)
        {
            count += BitOperations.PopCount(mask[i] & other[i]);
        }

        return count;
    }
}
