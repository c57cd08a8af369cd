using Telemetry.Server.Model;
using Telemetry.Server.Storage.LiteDb.Segments;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class LiteDbTelemetryStore
{
    /// <summary>
    /// LiteDB has room for 100 transactions, and every read is one. So many may run at a time, far from leaving none to
    /// a commit; more would only share the processors.
    /// </summary>
    private const int MaxReaders = 16;

    /// <summary>First come, first served, and each read is bounded: a reader far behind takes a turn per page.</summary>
    private readonly SemaphoreSlim _readers = new(MaxReaders);

    public async ValueTask<IReadOnlyList<StoredReport>> ReadAfterAsync(
        long number, int maxCount, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var current = Interlocked.Read(ref _current);
        var first = Math.Max(number + 1, OldestNumber);
        if (first > current)
        {
            return [];
        }

        var last = Math.Min(current, first + maxCount - 1);
        return ReadRecent(first, last)
            ?? await InTurnAsync(() => ReadStored(first, last), cancellation).ConfigureAwait(false);
    }

    public ValueTask<StoredReport?> FindReportAsync(long number, CancellationToken cancellation) =>
        InTurnAsync(() => ReadOne(number), cancellation);

    public async ValueTask<IReadOnlyList<StoredReport>> ReadHistoryAsync(
        InstanceId instance, string app, long beforeNumber, int maxCount, CancellationToken cancellation)
    {
        // Every report names the one before it: history costs one read per report and no index.
        var history = new List<StoredReport>();
        var number = _fleet.Find(instance, app)?.LatestNumber ?? 0;
        if (number >= beforeNumber)
        {
            // A page token names a report of this installation; its predecessor begins the page.
            var token = await FindReportAsync(beforeNumber, cancellation).ConfigureAwait(false);
            number = token?.Instance == instance && token.App == app ? token.PreviousNumber : 0;
        }

        while (number > 0 && history.Count < maxCount)
        {
            if (await FindReportAsync(number, cancellation).ConfigureAwait(false) is not { } stored)
            {
                break;
            }

            history.Add(stored);
            number = stored.PreviousNumber;
        }

        return history;
    }

    public long? GapThrough(long number) => _gaps.Through(number);

    public InstanceState? FindInstance(InstanceId instance, string app) => _fleet.Find(instance, app);

    public IReadOnlyList<InstanceState> FindInstances(InstanceId instance) => _fleet.Find(instance);

    public InstanceState? FindOwned(InstanceId instance, string app, ulong owner) => _fleet.FindOwned(instance, app, owner);

    public IEnumerable<InstanceState> ReadInstances() => _fleet.All();

    public IReadOnlyDictionary<(string App, LicenseVerdict Reason), int> RefusedClaims => _fleet.RefusedClaims();

    /// <summary>For verification: reads whatever can be read.</summary>
    /// <exception cref="StoreDamagedException">Something cannot be read as it was written.</exception>
    public void ReadEverything(int eventsPerRead)
    {
        for (var first = Math.Max(OldestNumber, 1); first <= _current; first += eventsPerRead)
        {
            ReadStored(first, Math.Min(_current, first + eventsPerRead - 1));
        }

        ReadLicenses();
        ReadLeases();
        Reading(database => database.ReadAudit(0, long.MaxValue, newestFirst: false, int.MaxValue).Count());
    }

    /// <summary>For verification: reads every byte of every segment.</summary>
    /// <returns>What is wrong, in words for an operator.</returns>
    public IEnumerable<string> VerifySegments()
    {
        foreach (var segment in _kept.Segments)
        {
            string? finding = null;
            try
            {
                _segments.Verify(segment);
            }
            catch (StoreDamagedException e)
            {
                finding = e.Message;
            }

            if (finding is not null)
            {
                yield return finding;
            }
        }
    }

    private async ValueTask<T> InTurnAsync<T>(Func<T> read, CancellationToken cancellation)
    {
        await _readers.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return read();
        }
        finally
        {
            _readers.Release();
        }
    }

    private StoredReport? ReadOne(long number)
    {
        if (number < Math.Max(OldestNumber, 1) || number > Interlocked.Read(ref _current))
        {
            return null;
        }

        return _recent.Find(number) ?? ReadStored(number, number).FirstOrDefault(stored => stored.Position.Number == number);
    }

    private List<StoredReport>? ReadRecent(long first, long last)
    {
        var events = new List<StoredReport>((int)(last - first + 1));
        for (var number = first; number <= last; number++)
        {
            if (_recent.Find(number) is not { } stored)
            {
                return null;
            }

            events.Add(stored);
        }

        return events;
    }

    /// <exception cref="StoreDamagedException">Not every event is there that should be.</exception>
    private List<StoredReport> ReadStored(long first, long last) => Reading(database =>
    {
        while (true)
        {
            var kept = Volatile.Read(ref _kept);
            try
            {
                return ReadKept(database, kept, Math.Max(first, kept.Dropped + 1), last);
            }
            catch (StoreDamagedException) when (kept != Volatile.Read(ref _kept))
            {
                // Meanwhile they were moved into a segment, or retention took them: they are to be looked for anew.
            }
        }
    });

    private List<StoredReport> ReadKept(EventDatabase database, KeptEvents kept, long first, long last)
    {
        var events = new List<StoredReport>((int)Math.Max(0, last - first + 1));
        for (var next = first; next <= last;)
        {
            if (kept.Find(next) is { } segment)
            {
                var end = Math.Min(last, segment.Last);
                _segments.Read(segment, next, end, _epochs, events);
                next = end + 1;
            }
            else
            {
                var end = Math.Min(last, kept.NextAfter(next) - 1);
                ReadDatabase(database, next, end, events);
                next = end + 1;
            }
        }

        // They may be there still, in what was not rewritten yet.
        var erased = Volatile.Read(ref _erased);
        if (erased.Meets(first, last))
        {
            events.RemoveAll(stored => erased.Holds(stored.Position.Number));
        }

        var expected = first;
        foreach (var stored in events)
        {
            RefuseMissing(expected, stored.Position.Number - 1);
            expected = stored.Position.Number + 1;
        }

        RefuseMissing(expected, last);
        return events;
    }

    private void ReadDatabase(EventDatabase database, long first, long last, List<StoredReport> events)
    {
        var enough = events.Count + (int)(last - first + 1);
        foreach (var (firstOfChunk, _, chunk) in database.ReadEvents(first, last))
        {
            EventChunk.Read(chunk, firstOfChunk, first, enough, _epochs, events);
            if (events.Count >= enough)
            {
                break;
            }
        }

        // A gap before them would make room for later ones.
        while (events.Count > 0 && events[^1].Position.Number > last)
        {
            events.RemoveAt(events.Count - 1);
        }
    }

    private void RefuseMissing(long first, long last)
    {
        if (!Volatile.Read(ref _absent).Covers(first, last))
        {
            throw new StoreDamagedException(StoreFiles.Data, null, $"reports {first} to {last} are missing");
        }
    }
}
