using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Copies the database into a file while commits and checkpoints go on: what comes out is the database of one moment.</summary>
/// <remarks>
/// First every page of the data file, each as it is when it is read. What checkpoints moved meanwhile is copied again, until
/// that is little. Then, while no checkpoint begins, a moment is taken: the pages that the log has at that moment go over those
/// of the data file, and the copy needs no log.
/// Threading: one at a time, beside everything but <see cref="TakeMoment"/>, which belongs between two commits.
/// </remarks>
internal sealed class DatabaseCopy(Checkpointer checkpointer, DurableLogStream log, IStorageFile target)
{
    private const int PagesPerPart = 32;

    private readonly byte[] _part = new byte[PagesPerPart * LogPage.Size];

    /// <summary>Not read as they were written: they were on their way, or are damaged.</summary>
    private readonly HashSet<uint> _doubtful = [];

    private (ulong Epoch, SortedList<uint, int> Frames)? _moment;

    /// <summary>The filling of the log at the moment that was taken.</summary>
    public ulong LogEpoch => _moment!.Value.Epoch;

    /// <summary>Everything that the data file has, in parts; each is to be read while the database is open.</summary>
    /// <returns>Parts still to be copied, and how to copy one: gives the bytes that were copied.</returns>
    public IEnumerable<Func<long>> All()
    {
        checkpointer.TakeMoved(goOn: true);
        var pages = (uint)(checkpointer.Length / LogPage.Size);
        for (var first = 0u; first < pages; first += PagesPerPart)
        {
            var (from, count) = (first, (int)Math.Min(PagesPerPart, pages - first));
            yield return () => Copy(from, count);
        }
    }

    /// <summary>What checkpoints moved since the last time.</summary>
    public IReadOnlyList<Func<long>> Moved() => PartsOf([.. checkpointer.TakeMoved(goOn: true)]);

    /// <summary>Takes the moment. No commit may run, and no checkpoint may begin until the rest is copied.</summary>
    public void TakeMoment() => _moment = log.FindNewest();

    /// <summary>What differs at the moment that was taken.</summary>
    public IReadOnlyList<Func<long>> Rest()
    {
        var pages = new SortedSet<uint>(_doubtful);
        pages.UnionWith(checkpointer.TakeMoved(goOn: false));
        pages.UnionWith(_moment!.Value.Frames.Keys);
        return PartsOf(pages);
    }

    private List<Func<long>> PartsOf(SortedSet<uint> pages)
    {
        var parts = new List<Func<long>>();
        (uint First, int Count) run = default;
        foreach (var page in pages)
        {
            if (run.Count > 0 && run.Count < PagesPerPart && page == run.First + run.Count)
            {
                run.Count++;
                continue;
            }

            Add();
            run = (page, 1);
        }

        Add();
        return parts;

        void Add()
        {
            if (run is (var first, var count and > 0))
            {
                parts.Add(() => Copy(first, count));
            }
        }
    }

    private long Copy(uint first, int count)
    {
        for (var at = 0; at < count; at++)
        {
            Read((uint)(first + at), _part.AsSpan(at * LogPage.Size, LogPage.Size));
        }

        target.Write(_part.AsSpan(0, count * LogPage.Size), first * (long)LogPage.Size);
        return count * (long)LogPage.Size;
    }

    private void Read(uint number, Span<byte> page)
    {
        if (_moment is { } moment && moment.Frames.TryGetValue(number, out var frame))
        {
            log.ReadFrame(moment.Epoch, frame, page);
        }
        else
        {
            try
            {
                if (checkpointer.Read(page, number * (long)LogPage.Size) != page.Length)
                {
                    throw DataPage.Damaged(number);
                }
            }
            catch (StoreDamagedException) when (_moment is null)
            {
                _doubtful.Add(number);
                page.Clear();
                return;
            }
        }

        DataPage.Seal(page);
    }
}
