using Telemetry.DataFiles;
using Telemetry.Server.Model;
using Telemetry.Server.Storage.LiteDb.Segments;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Erases installations: first nobody sees them any more, then no byte of them is left.</summary>
/// <remarks>
/// One commit makes an erasure visible: the numbers, the entry of the audit log, the part of the state without the installation.
/// From then on those numbers are passed over, wherever their bytes still lie. Then segments and chunks are rewritten without
/// them, the logs lose what they had before, and a last commit says that it is done. What a crash interrupts is begun anew: what
/// is to be rewritten is worked out from what is there.
/// </remarks>
internal sealed partial class LiteDbTelemetryStore
{
    private IReadOnlyList<Erasure> _erasures = [];

    /// <summary>Of which bytes may still be in files; for who holds <see cref="_tidying"/>.</summary>
    private readonly List<Erasure> _unfinished = [];

    public IReadOnlyList<Erasure> Erasures => Volatile.Read(ref _erasures);

    public long? ErasedThrough(long number) => Volatile.Read(ref _erased).Through(number);

    /// <remarks>In two turns: those that come at a time are all hidden first, and then the files are rewritten once for all of them.</remarks>
    public async ValueTask<Erasure?> EraseAsync(
        InstanceId instance, string app, UInt128 tombstone, Func<IReadOnlyList<NumberRange>, AuditDraft> audit, CancellationToken cancellation,
        ErasedOwner? owner = null)
    {
        var erasure = await HideAsync(instance, app, tombstone, audit, owner, cancellation).ConfigureAwait(false);
        await FinishErasuresAsync(cancellation).ConfigureAwait(false);
        return erasure;
    }

    public async ValueTask EraseAllAsync(
        IReadOnlyList<(InstanceId Instance, string App, UInt128 Tombstone)> erased, Func<InstanceId, AuditDraft> audit, CancellationToken cancellation)
    {
        foreach (var (instance, app, tombstone) in erased)
        {
            await HideAsync(instance, app, tombstone, _ => audit(instance), owner: null, cancellation).ConfigureAwait(false);
        }

        await FinishErasuresAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask FinishErasuresAsync(CancellationToken cancellation)
    {
        await _tidying.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await FinishAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _tidying.Release();
        }
    }

    /// <summary>The first part, after which nobody sees it any more.</summary>
    private async ValueTask<Erasure?> HideAsync(
        InstanceId instance, string app, UInt128 tombstone, Func<IReadOnlyList<NumberRange>, AuditDraft> audit, ErasedOwner? owner,
        CancellationToken cancellation)
    {
        await _tidying.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var interrupted = _unfinished.Find(erasure => erasure.App == app && erasure.Tombstone == tombstone);
            var latest = _fleet.Find(instance, app)?.LatestNumber ?? 0;
            // Beside the commits, but for what is reported meanwhile.
            var numbers = await InTurnAsync(() => NumbersOf(instance, app, latest, 0).ToList(), cancellation).ConfigureAwait(false);
            return await ChangeAsync(() => Erase(instance, app, tombstone, audit, latest, numbers, owner)).ConfigureAwait(false) ?? interrupted;
        }
        finally
        {
            _tidying.Release();
        }
    }

    private void LoadErasures()
    {
        foreach (var (erasure, isPending) in _database.ReadErasures())
        {
            if (isPending)
            {
                _unfinished.Add(erasure);
            }

            _erasures = [.. _erasures, erasure];
        }

        _erased = new NumberTable(_erasures.SelectMany(erasure => erasure.Numbers));
        _absent = _gaps.With(_erased.Ranges);
    }

    /// <summary>The kept reports of an installation, from one down to, and without, another.</summary>
    private IEnumerable<long> NumbersOf(InstanceId instance, string app, long from, long downTo)
    {
        var number = from;
        while (number > downTo)
        {
            if (ReadOne(number) is not { } stored)
            {
                break;
            }

            yield return number;
            number = stored.PreviousNumber;
        }

        // Damage took a report that names the ones before it: they are looked for one by one.
        for (var next = Math.Max(OldestNumber, downTo + 1); next < number; next += EventsPerMove)
        {
            foreach (var stored in ReadStored(next, Math.Min(number, next + EventsPerMove) - 1))
            {
                if (stored.Instance == instance && stored.App == app)
                {
                    yield return stored.Position.Number;
                }
            }
        }
    }

    private Erasure? Erase(
        InstanceId instance, string app, UInt128 tombstone, Func<IReadOnlyList<NumberRange>, AuditDraft> audit, long foundFrom, List<long> found,
        ErasedOwner? owner)
    {
        Recover();
        if (_fleet.PlaceOf(instance, app) is not var (slot, ordinal))
        {
            return null;
        }

        var owned = _fleet.OwnerOf(instance, app);
        if (owner?.Needed is { } needed && needed != owned)
        {
            // Somebody else reported in its name since it was asked for.
            return null;
        }

        var newer = NumbersOf(instance, app, _fleet.Find(instance, app)!.LatestNumber, foundFrom);
        var numbers = new NumberTable(newer.Concat(found).Select(number => new NumberRange(number, number))).Ranges;
        var now = DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());
        var erasure = new Erasure(Erasures.Count + 1, _current, now, app, numbers, tombstone, owner?.MarkOf(owned) ?? 0);
        var gone = new HashSet<int> { ordinal };
        CommitWithSlots([slot], database => database.WriteErasure(erasure, isPending: true), gone, audit(numbers));

        _fleet.Remove(slot, gone);
        _unfinished.Add(erasure);
        Volatile.Write(ref _erasures, [.. _erasures, erasure]);
        Volatile.Write(ref _absent, _absent.With(numbers));
        Volatile.Write(ref _erased, _erased.With(numbers));
        foreach (var range in numbers)
        {
            for (var number = Math.Max(range.First, _current - RecentEvents.Size); number <= range.Last; number++)
            {
                _recent.Remove(number);
            }
        }

        foreach (var key in _knownNew.Keys.Where(key => key.Item1 == instance))
        {
            _knownNew.TryRemove(key, out _);
        }

        _committed.Raise();
        _listener?.Erased(instance, app);
        return erasure;
    }

    /// <exception cref="StoreUnavailableException">It cannot be done now.</exception>
    private async ValueTask FinishAsync(CancellationToken cancellation)
    {
        if (_unfinished.Count == 0)
        {
            return;
        }

        try
        {
            if (Volatile.Read(ref _listener) is { } listener)
            {
                await listener.ClearErasedAsync(cancellation).ConfigureAwait(false);
            }

            // With what retention took and small steps did not clear up yet: it can be of the same installation.
            var gone = new NumberTable([new NumberRange(1, _kept.Dropped), .. _unfinished.SelectMany(erasure => erasure.Numbers)]);
            await RewriteSegmentsAsync(gone, cancellation).ConfigureAwait(false);
            await RewriteChunksAsync(gone, cancellation).ConfigureAwait(false);
            await ClearLogsAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException("What was erased is not gone from all files yet: " + e.Message, e);
        }
    }

    private async ValueTask RewriteSegmentsAsync(NumberTable gone, CancellationToken cancellation)
    {
        foreach (var segment in _kept.Segments.Where(segment => gone.Meets(segment.First, segment.Last)))
        {
            if (_segments.HoldsAny(segment, gone))
            {
                await RewriteAsync(segment, gone, cancellation).ConfigureAwait(false);
            }
        }

        // Here a file that cannot be deleted is no small thing. The ones of before may be there since a crash, too.
        var kept = _kept.Segments.Select(segment => segment.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var path in SegmentFilesIn(_options.Directory).Where(path => !kept.Contains(Path.GetFileName(path))).ToList())
        {
            _options.DeleteFile(path);
            DurableFile.SyncDirectoryOf(path);
        }
    }

    private async ValueTask RewriteAsync(Segment before, NumberTable gone, CancellationToken cancellation)
    {
        SegmentWriter? writer = null;
        try
        {
            for (var next = before.First; next <= before.Last; next += EventsPerMove)
            {
                var page = await InTurnAsync(
                    () => ReadSegment(before, next, Math.Min(before.Last, next + EventsPerMove - 1)), cancellation).ConfigureAwait(false);
                foreach (var stored in page.Where(stored => !gone.Holds(stored.Position.Number)))
                {
                    writer ??= new SegmentWriter(_options.OpenFile(
                        _segments.PathOf(before with { First = stored.Position.Number, Revision = before.Revision + 1 })));
                    writer.Add(stored.Position.Number, stored.Record.Span);
                }
            }

            var after = writer?.Finish(before.Revision + 1, before.AtMs);
            await ChangeAsync(() =>
            {
                Commit(database =>
                {
                    database.DropSegments([before]);
                    if (after is not null)
                    {
                        database.AddSegment(after);
                    }
                });
                Volatile.Write(ref _kept, _kept.Replace(before, after));
                return true;
            }).ConfigureAwait(false);
        }
        finally
        {
            writer?.Dispose();
        }
    }

    private List<StoredReport> ReadSegment(Segment segment, long first, long last)
    {
        var events = new List<StoredReport>();
        _segments.Read(segment, first, last, _epochs, events);
        return events;
    }

    /// <summary>Chunks of the database that hold what is gone are parted there; of some nothing is left.</summary>
    private async ValueTask RewriteChunksAsync(NumberTable gone, CancellationToken cancellation)
    {
        var oldest = await InTurnAsync(() => Reading(database => database.OldestNumber()), cancellation).ConfigureAwait(false);
        foreach (var range in gone.Ranges.Where(range => oldest > 0 && range.Last >= oldest))
        {
            for (var next = Math.Max(oldest, range.First); next <= range.Last; next += EventsPerMove)
            {
                var (from, through) = (next, Math.Min(range.Last, next + EventsPerMove - 1));
                var chunks = await InTurnAsync(
                    () => Reading(database => database.ReadEvents(from, through)
                        .Where(chunk => chunk.Chunk.Length > 0 && gone.Meets(chunk.First, chunk.First + chunk.Count - 1)).ToList()),
                    cancellation).ConfigureAwait(false);
                foreach (var some in chunks.Chunk(ChunksPerStep))
                {
                    await ChangeAsync(() =>
                    {
                        Commit(database =>
                        {
                            database.DropChunks(some.Select(chunk => chunk.First));
                            foreach (var (first, count, records) in some.SelectMany(chunk => EventChunk.Without(chunk.Chunk, chunk.First, gone)))
                            {
                                database.AddEvents(first, count, records);
                            }
                        });
                        return true;
                    }).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>The last part: pages of before are in the logs until both were emptied.</summary>
    private async ValueTask ClearLogsAsync()
    {
        await ChangeAsync(() =>
        {
            Recover();
            _database.Checkpoint();
            _acknowledged = _database.LogEnd;
            return true;
        }).ConfigureAwait(false);
        // Beside the commits; a failure is told to the next change.
        await Task.Run(() => Reading(static database => database.WaitForCheckpoint())).ConfigureAwait(false);
        await ChangeAsync(() =>
        {
            Recover();
            _database.ClearLogs();
            Commit(database => _unfinished.ForEach(erasure => database.WriteErasure(erasure, isPending: false)));
            _unfinished.Clear();
            return true;
        }).ConfigureAwait(false);
    }
}
