using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Insights.Questions;

/// <summary>Who of a chunk is what on a day.</summary>
/// <remarks>Asked for one day after another, the later first, a day costs no more for a long look back than for a short one.</remarks>
/// <param name="chunk">The installations.</param>
/// <param name="today">Today, on which one-shots are told by the hour.</param>
internal sealed class Population(ChunkView chunk, int today)
{
    /// <summary>Days without a report after which an installation is gone, and after which its next report is a return.</summary>
    public const int Absence = CommitRules.AbsenceDays;

    /// <summary>Days without a report after which an installation is silent.</summary>
    public const int Silence = 7;

    private readonly List<ActiveWindow> _windows = [];
    private readonly ulong[] _active = new ulong[chunk.Words];

    /// <summary>Sets the bits of those that are something on a day, and clears all others.</summary>
    /// <param name="activity">What they are to be.</param>
    /// <param name="window">For active ones: over how many days.</param>
    /// <param name="day">The day.</param>
    /// <param name="mask">As many words as the chunk has.</param>
    public void Of(Activity activity, int window, int day, Span<ulong> mask)
    {
        switch (activity)
        {
            case Activity.Active:
                Active(day, window, mask);
                break;
            case Activity.Known:
                Range(0, chunk.KnownAt(day), mask);
                break;
            case Activity.New:
                Range(chunk.KnownAt(day - 1), chunk.KnownAt(day), mask);
                break;
            case Activity.Returned:
                Range(0, chunk.KnownAt(day - 1), mask);
                Masks.And(mask, chunk.Bits(day));
                Without(day - 1, Absence - 1, mask);
                break;
            case Activity.Silent:
                Active(day, Absence, mask);
                Without(day, Silence, mask);
                break;
            case Activity.Gone:
                Range(0, chunk.KnownAt(day), mask);
                Without(day, Absence, mask);
                break;
            case Activity.OneShot when day >= today:
                mask.Clear();
                chunk.AddOneShots(mask);
                break;
            case Activity.OneShot:
                Range(0, chunk.KnownAt(day - 2), mask);
                Scan.TakeOutUpTo(mask, chunk.SecondDays, Chunk.ShortDayOf(day));
                break;
            default:
                mask.Clear();
                break;
        }

        if (chunk.Erased is { } erased)
        {
            Masks.AndNot(mask, erased);
        }
    }

    private static void Range(int from, int until, Span<ulong> mask)
    {
        mask.Clear();
        Masks.AddRange(mask, from, until);
    }

    private void Without(int day, int window, Span<ulong> mask)
    {
        Active(day, window, _active);
        Masks.AndNot(mask, _active);
    }

    private void Active(int day, int window, Span<ulong> mask)
    {
        var active = _windows.Find(other => other.Days == window);
        if (active is null)
        {
            _windows.Add(active = new ActiveWindow(chunk, window));
        }

        active.Of(day, mask);
    }
}

/// <summary>Who reported in the days that end with a day, for one day after another going back.</summary>
/// <remarks>
/// Days are cut into blocks as long as the window, so that each window is the end of one block and the beginning of the next:
/// both are had from those of the day before with one pass, where adding up all its days takes one for each.
/// </remarks>
internal sealed class ActiveWindow(ChunkView chunk, int days)
{
    private readonly List<ulong[]> _beginnings = [];
    private ulong[] _end = [];
    private readonly ulong[] _last = new ulong[chunk.Words];
    private int _block = int.MinValue;
    private int _endsFrom;
    private int _lastDay = int.MinValue;

    public int Days => days;

    public void Of(int day, Span<ulong> mask)
    {
        if (day != _lastDay)
        {
            // The first one is had the plain way: most questions ask for a single day.
            if (day != _lastDay - 1 || days <= 2)
            {
                _block = int.MinValue;
                AddUp(day);
            }
            else
            {
                GoTo(day);
            }

            _lastDay = day;
        }

        _last.CopyTo(mask);
    }

    private void AddUp(int day)
    {
        Array.Clear(_last);
        for (var back = Math.Max(day - days + 1, chunk.FirstDay); back <= day; back++)
        {
            Masks.Or(_last, chunk.Bits(back));
        }
    }

    private void GoTo(int day)
    {
        var block = (int)Math.Floor((double)day / days);
        var place = day - (block * days);
        if (block != _block)
        {
            Begin(block, place);
        }

        for (; _endsFrom > day - days + 1; _endsFrom--)
        {
            Masks.Or(_end, chunk.Bits(_endsFrom - 1));
        }

        _end.CopyTo(_last.AsSpan());
        Masks.Or(_last, _beginnings[place]);
    }

    private void Begin(int block, int places)
    {
        _block = block;
        _endsFrom = block * days;
        Array.Resize(ref _end, chunk.Words);
        Array.Clear(_end);
        for (var place = 0; place <= places; place++)
        {
            if (place == _beginnings.Count)
            {
                _beginnings.Add(new ulong[chunk.Words]);
            }

            if (place > 0)
            {
                _beginnings[place - 1].CopyTo(_beginnings[place].AsSpan());
            }
            else
            {
                Array.Clear(_beginnings[0]);
            }

            Masks.Or(_beginnings[place], chunk.Bits((block * days) + place));
        }
    }
}
