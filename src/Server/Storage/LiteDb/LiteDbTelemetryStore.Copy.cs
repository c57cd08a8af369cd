using Telemetry.DataFiles;
using Telemetry.Server.Model;
using Telemetry.Server.Storage.LiteDb.Segments;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Copies of the store while it runs.</summary>
internal sealed partial class LiteDbTelemetryStore
{
    /// <summary>So often at most is copied again what changed; then a checkpoint waits for the rest.</summary>
    private const int CopyRounds = 4;

    /// <summary>Few enough to be copied while no checkpoint begins.</summary>
    private const int FewParts = 64;

    private bool _isCheckpointHeld;

    /// <remarks>
    /// Segments first, beside everything. Nothing is moved, dropped or erased while the last of it is copied, and no checkpoint
    /// begins: the log grows meanwhile, as on a slow disk. Commits go on.
    /// </remarks>
    public async ValueTask<FeedPosition> CopyAsync(ICopyTarget target, Action<long> copied, CancellationToken cancellation)
    {
        var segments = new Dictionary<string, Segment>(StringComparer.Ordinal);
        await CopySegmentsAsync(target, segments, copied, mayBeGone: true, cancellation).ConfigureAwait(false);
        var database = Reading(static open => open);
        using var file = _options.OpenFile(target.PathOf(StoreFiles.Data));
        var copy = database.BeginCopy(file);
        await CopyAsync(database, copy.All(), copied, cancellation).ConfigureAwait(false);
        for (var round = 0; round < CopyRounds && copy.Moved() is { Count: > 0 } moved; round++)
        {
            await CopyAsync(database, moved, copied, cancellation).ConfigureAwait(false);
            if (moved.Count <= FewParts)
            {
                break;
            }
        }

        await _tidying.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            Volatile.Write(ref _isCheckpointHeld, true);
            var position = await ChangeAsync(() =>
            {
                Recover();
                RefuseOther(database);
                copy.TakeMoment();
                return new FeedPosition(EpochOf(_current), _current);
            }).ConfigureAwait(false);
            await CopyAsync(database, copy.Rest(), copied, cancellation).ConfigureAwait(false);
            Volatile.Write(ref _isCheckpointHeld, false);
            // What came or went meanwhile.
            await CopySegmentsAsync(target, segments, copied, mayBeGone: false, cancellation).ConfigureAwait(false);
            file.Sync();
            BeginLogs(target, copy.LogEpoch + 1);
            return position;
        }
        finally
        {
            Volatile.Write(ref _isCheckpointHeld, false);
            _tidying.Release();
        }
    }

    private async ValueTask CopySegmentsAsync(
        ICopyTarget target, Dictionary<string, Segment> done, Action<long> copied, bool mayBeGone, CancellationToken cancellation)
    {
        var segments = Volatile.Read(ref _kept).Segments;
        foreach (var segment in segments.Where(segment => !done.ContainsKey(segment.Name)))
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                await Task.Run(() => CopySegment(target, segment, copied, cancellation), cancellation).ConfigureAwait(false);
                done.Add(segment.Name, segment);
            }
            catch (Exception e) when (mayBeGone && (IsStorageFailure(e)) && !Volatile.Read(ref _kept).Segments.Contains(segment))
            {
                // Retention or an erasure took it meanwhile.
                target.Remove(CopyNameOf(segment.Name));
            }
        }

        foreach (var name in done.Keys.Except(segments.Select(segment => segment.Name)).ToList())
        {
            target.Remove(CopyNameOf(name));
            done.Remove(name);
        }
    }

    private void CopySegment(ICopyTarget target, Segment segment, Action<long> copied, CancellationToken cancellation)
    {
        var name = CopyNameOf(segment.Name);
        if (target.EarlierPathOf(name) is { } earlier && IsSame(segment, earlier))
        {
            target.TakeOver(name);
            copied(segment.Length);
            return;
        }

        // What is damaged here must not count as a backup of it.
        _segments.Verify(segment);
        using var source = _options.OpenWritten(_segments.PathOf(segment));
        using var file = _options.OpenFile(target.PathOf(name));
        var part = new byte[1024 * 1024];
        for (var at = 0L; at < segment.Length;)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = source.Read(part.AsSpan(0, (int)Math.Min(part.Length, segment.Length - at)), at);
            if (count == 0)
            {
                throw new IOException($"'{name}' has become shorter.");
            }

            file.Write(part.AsSpan(0, count), at);
            copied(count);
            at += count;
        }

        file.Sync();
    }

    /// <summary>By its index, which has a checksum of everything else: after a restore a name can mean another content.</summary>
    private bool IsSame(Segment segment, string earlier)
    {
        using var file = _options.OpenWritten(earlier);
        return file.Length == segment.Length && SegmentFormat.TryReadIndex(file, segment.Length)?.Check == segment.Check;
    }

    /// <summary>Beside the commits, part by part, as long as the database is the one that was begun with.</summary>
    private Task CopyAsync(EventDatabase database, IEnumerable<Func<long>> parts, Action<long> copied, CancellationToken cancellation) => Task.Run(
        () =>
        {
            foreach (var part in parts)
            {
                cancellation.ThrowIfCancellationRequested();
                copied(Reading(open =>
                {
                    RefuseOther(database);
                    return part();
                }));
            }
        },
        cancellation);

    private void RefuseOther(EventDatabase database)
    {
        if (_closed || !ReferenceEquals(_database, database))
        {
            throw new StoreUnavailableException("The store failed, or was closed, while it was copied. Try again.");
        }
    }

    /// <summary>The copy's data file holds everything. Of two fillings that have nothing the newer one says so.</summary>
    private void BeginLogs(ICopyTarget target, ulong epoch)
    {
        using var first = _options.OpenFile(target.PathOf(StoreFiles.FirstLog));
        using var second = _options.OpenFile(target.PathOf(StoreFiles.SecondLog));
        new LogFile(first, StoreFiles.FirstLog).Begin(epoch, default);
        first.Sync();
        second.Sync();
    }

    private static string CopyNameOf(string segment) => $"{Segment.Directory}/{segment}";
}
