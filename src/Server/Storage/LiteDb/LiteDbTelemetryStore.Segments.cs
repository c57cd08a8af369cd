using Telemetry.DataFiles;
using Telemetry.Server.Model;
using Telemetry.Server.Storage.LiteDb.Segments;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Events of days that are over move out of the database, whose files never become smaller, into files of their own.</summary>
/// <remarks>
/// A file is written whole and synced; then one commit makes it count; then small ones delete what it holds from the
/// database, which uses the pages again. Whatever a crash interrupts leaves a file that nobody needs, or events twice, and
/// the next step goes on from there: what is to be done is always worked out from what is there.
/// </remarks>
internal sealed partial class LiteDbTelemetryStore
{
    /// <summary>Half a megabyte of pages: small enough that a commit beside it hardly notices.</summary>
    private const int ChunksPerStep = 8;

    private const int EventsPerMove = 8 * EventChunk.MaxEvents;

    /// <summary>One who moves or drops at a time.</summary>
    private readonly SemaphoreSlim _tidying = new(1);

    public async ValueTask<bool> MoveStepAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        await _tidying.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await ClearStepAsync(cancellation).ConfigureAwait(false)
                || await WriteSegmentAsync(now.ToUnixTimeMilliseconds(), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _tidying.Release();
        }
    }

    public long LastNumberBefore(DateTimeOffset moment)
    {
        var last = 0L;
        foreach (var segment in Volatile.Read(ref _kept).Segments.TakeWhile(segment => segment.AtMs < moment.ToUnixTimeMilliseconds()))
        {
            last = segment.Last;
        }

        return last;
    }

    private static string SegmentsIn(string directory) => Path.Combine(directory, Segment.Directory);

    private static IEnumerable<string> SegmentFilesIn(string directory) => Directory.Exists(SegmentsIn(directory))
        ? Directory.EnumerateFiles(SegmentsIn(directory), Segment.Pattern)
        : [];

    /// <summary>The newest event need not be in the database, nor anywhere.</summary>
    private long NewestIn(EventDatabase database) => Math.Max(database.NewestNumber(), NewestWithoutDatabase(_kept));

    private long NewestWithoutDatabase(KeptEvents kept) => Math.Max(kept.Newest, Erasures is [.., var last] ? last.After : 0);

    private long OldestOf(KeptEvents kept)
    {
        var oldest = kept.Dropped + 1;
        while (_gaps.Through(oldest) is { } through)
        {
            oldest = through + 1;
        }

        return _current == 0 ? 0 : oldest;
    }

    /// <summary>At the start: every segment is there, and nothing that only a crash can have left.</summary>
    private void SettleSegments()
    {
        var names = _kept.Segments.Select(segment => segment.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var segment in _kept.Segments)
        {
            _segments.RefuseMissing(segment);
        }

        foreach (var path in SegmentFilesIn(_options.Directory).Where(path => !names.Contains(Path.GetFileName(path))).ToList())
        {
            if (Segment.Parse(path) is var (first, _) && first > _current)
            {
                throw new StoreDamagedException(
                    $"{Segment.Directory}/{Path.GetFileName(path)}", null,
                    $"it begins with report {first}, and '{StoreFiles.Data}' ends at {_current}: they are not of the same backup");
            }

            Delete(path);
        }
    }

    private void Delete(string path)
    {
        try
        {
            _options.DeleteFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotDeleted(_logger, path, e.Message);
        }
    }

    /// <summary>Deletes a few chunks from the database whose events are in segments, or no longer kept.</summary>
    /// <returns>Whether there were any.</returns>
    private async ValueTask<bool> ClearStepAsync(CancellationToken cancellation)
    {
        var (kept, current) = (_kept, Interlocked.Read(ref _current));
        var chunks = await InTurnAsync(
            () => Reading(database => database.FindOldest(ChunksPerStep + 1)), cancellation).ConfigureAwait(false);
        // A chunk ends where the next one begins, or earlier, where a gap is. After a salvage the last one may be there for its
        // number alone, which must not be given again.
        var gone = chunks.Take(ChunksPerStep)
            .Where((first, at) => (at + 1 < chunks.Count ? chunks[at + 1] - 1 : current) is var last
                && last <= NewestWithoutDatabase(kept) && kept.FirstInDatabase(first, last, _absent) > last)
            .ToList();
        if (gone.Count > 0)
        {
            await ChangeAsync(() =>
            {
                Commit(database => database.DropChunks(gone));
                return true;
            }).ConfigureAwait(false);
        }

        return gone.Count > 0;
    }

    /// <summary>Moves the oldest events of the database into a segment when their day is over, or when there are too many.</summary>
    /// <remarks>
    /// A segment is of one day, so that retention takes days. Days never run back: an event counts on the newest day there was.
    /// What is dated after now was dated by a wrong clock. It says nothing, and its segment is of the moment it is written in.
    /// </remarks>
    private async ValueTask<bool> WriteSegmentAsync(long nowMs, CancellationToken cancellation)
    {
        var (kept, current) = (_kept, Interlocked.Read(ref _current));
        var oldest = await InTurnAsync(() => Reading(database => database.OldestNumber()), cancellation).ConfigureAwait(false);
        var first = kept.FirstInDatabase(oldest, current, _absent);
        if (oldest == 0 || first > current)
        {
            return false;
        }

        var last = Math.Min(current, kept.NextAfter(first) - 1);
        var endOfEarly = current - first >= 2L * _options.EventsInDatabase ? current - _options.EventsInDatabase : 0;
        var draft = new SegmentDraft(first, kept.AtMsBefore(first), nowMs);
        using var writing = new SegmentFile(this, draft);
        for (var next = first; next <= last; next += EventsPerMove)
        {
            var (from, through) = (next, Math.Min(last, next + EventsPerMove - 1));
            var page = await InTurnAsync(() => ReadStored(from, through), cancellation).ConfigureAwait(false);
            if (!page.TrueForAll(stored => writing.TryAdd(stored, mayBeOfToday: stored.Position.Number <= endOfEarly)))
            {
                break;
            }
        }

        if (writing.Finish() is not { } segment)
        {
            return false;
        }

        await ChangeAsync(() =>
        {
            Commit(database => database.AddSegment(segment));
            Volatile.Write(ref _kept, _kept.With(segment));
            writing.Keep();
            return true;
        }).ConfigureAwait(false);
        return true;
    }

    /// <summary>A segment's day and moment, from event to event.</summary>
    private sealed class SegmentDraft(long first, long beforeMs, long nowMs)
    {
        private readonly int _today = UtcDay.Of(nowMs);
        private int? _day;
        private bool _isDoubtful;

        public long First => first;

        public long AtMs { get; private set; } = beforeMs;

        public long EndMs => _isDoubtful ? Math.Max(AtMs, nowMs) : AtMs;

        public bool TryAdd(long acceptedAtMs, bool mayBeOfToday)
        {
            var isAhead = acceptedAtMs > nowMs;
            var at = isAhead ? AtMs : Math.Max(AtMs, acceptedAtMs);
            var day = UtcDay.Of(at);
            if ((day >= _today && !mayBeOfToday) || (_day is { } begun && begun != day))
            {
                return false;
            }

            (AtMs, _day, _isDoubtful) = (at, day, _isDoubtful || isAhead);
            return true;
        }
    }

    /// <summary>The file of a segment that is being written; gone with this unless it is to be kept.</summary>
    private sealed class SegmentFile(LiteDbTelemetryStore store, SegmentDraft draft) : IDisposable
    {
        private const int FirstRevision = 1;

        private readonly string _path = Path.Combine(
            SegmentsIn(store._options.Directory), new Segment(draft.First, 0, FirstRevision, 0, 0, 0).Name);

        private SegmentWriter? _writer;
        private bool _isKept;

        public bool TryAdd(StoredReport stored, bool mayBeOfToday)
        {
            if (_writer?.Length >= store._options.SegmentBytes || !draft.TryAdd(stored.AcceptedAtMs, mayBeOfToday))
            {
                return false;
            }

            (_writer ??= Begin()).Add(stored.Position.Number, stored.Record.Span);
            return true;
        }

        public Segment? Finish() => _writer?.Finish(FirstRevision, draft.EndMs);

        public void Keep() => _isKept = true;

        public void Dispose()
        {
            _writer?.Dispose();
            if (_writer is not null && !_isKept)
            {
                store.Delete(_path);
            }
        }

        private SegmentWriter Begin()
        {
            DurableFile.CreateDirectory(Path.GetDirectoryName(_path)!);
            return new SegmentWriter(store._options.OpenFile(_path));
        }
    }
}
