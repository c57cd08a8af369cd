using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Insights.Questions;

/// <summary>Who is what on a day.</summary>
internal static class Population
{
    /// <summary>Days without a report after which an installation is gone, and after which its next report is a return.</summary>
    public const int Absence = CommitRules.AbsenceDays;

    /// <summary>Days without a report after which an installation is silent.</summary>
    public const int Silence = 7;

    /// <summary>Sets the bits of those that are something on a day, and clears all others.</summary>
    /// <param name="chunk">The installations.</param>
    /// <param name="activity">What they are to be.</param>
    /// <param name="window">For active ones: over how many days.</param>
    /// <param name="day">The day.</param>
    /// <param name="today">Today, on which one-shots are told by the hour.</param>
    /// <param name="mask">As many words as the chunk has.</param>
    public static void Of(ChunkView chunk, Activity activity, int window, int day, int today, Span<ulong> mask)
    {
        mask.Clear();
        switch (activity)
        {
            case Activity.Known:
                Masks.AddRange(mask, 0, chunk.KnownAt(day));
                break;
            case Activity.Active:
                AddActive(chunk, day, window, mask);
                break;
            case Activity.New:
                Masks.AddRange(mask, chunk.KnownAt(day - 1), chunk.KnownAt(day));
                break;
            case Activity.Returned:
                Returned(chunk, day, mask);
                break;
            case Activity.Silent:
                AddActive(chunk, day, Absence, mask);
                Without(chunk, day, Silence, mask);
                break;
            case Activity.Gone:
                Masks.AddRange(mask, 0, chunk.KnownAt(day));
                Without(chunk, day, Absence, mask);
                break;
            case Activity.OneShot when day >= today:
                Masks.Or(mask, chunk.OneShots);
                break;
            case Activity.OneShot:
                OneShot(chunk, day, mask);
                break;
            default:
                break;
        }

        if (chunk.Erased is { } erased)
        {
            Masks.AndNot(mask, erased);
        }
    }

    private static void AddActive(ChunkView chunk, int day, int window, Span<ulong> mask)
    {
        for (var back = Math.Max(day - window + 1, chunk.FirstDay); back <= day; back++)
        {
            Masks.Or(mask, chunk.Bits(back));
        }
    }

    private static void Without(ChunkView chunk, int day, int window, Span<ulong> mask)
    {
        for (var back = Math.Max(day - window + 1, chunk.FirstDay); back <= day; back++)
        {
            Masks.AndNot(mask, chunk.Bits(back));
        }
    }

    private static void Returned(ChunkView chunk, int day, Span<ulong> mask)
    {
        Masks.AddRange(mask, 0, chunk.KnownAt(day - 1));
        Masks.And(mask, chunk.Bits(day));
        Without(chunk, day - 1, Absence - 1, mask);
    }

    /// <remarks>Of those whose first day is kept: nobody knows any more on how many days the others reported.</remarks>
    private static void OneShot(ChunkView chunk, int day, Span<ulong> mask)
    {
        var more = new ulong[mask.Length];
        if (chunk.OldestDay > chunk.FirstDay)
        {
            Masks.AddRange(mask, 0, chunk.KnownAt(chunk.OldestDay - 1));
            Masks.AddRange(more, 0, chunk.KnownAt(chunk.OldestDay - 1));
        }

        for (var back = chunk.FirstDay; back <= day; back++)
        {
            var bits = chunk.Bits(back);
            for (var i = 0; i < bits.Length; i++)
            {
                more[i] |= mask[i] & bits[i];
                mask[i] |= bits[i];
            }
        }

        Masks.AndNot(mask, more);
        Without(chunk, day, 2, mask);
    }
}
