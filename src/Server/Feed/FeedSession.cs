using Grpc.Core;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Feed;

/// <summary>One reader's way through the event log.</summary>
/// <remarks>
/// Responsible for: every event once and in order, control messages in their place, gathering under load.
/// Catching up and being live are one path: read after the own position, then wait for the commit signal. A reader
/// that does not take its messages stops here, in the write, and costs nobody else anything; after a while it is dropped.
/// </remarks>
internal sealed class FeedSession(
    ITelemetryStore store, EventMessages messages, FeedOptions options, TimeProvider time, FeedRequest request,
    IServerStreamWriter<FeedMessage> writer, Action<int> handsOut)
{
    /// <summary>Events per read: small enough to buffer for a reader, large enough to share a socket write.</summary>
    private const int PageSize = 128;

    private static readonly WriteOptions Buffered = new(WriteFlags.BufferHint);
    private static readonly WriteOptions Flushed = new();

    private FeedPosition _position = request.StartAfter;
    private long _lastWrite;
    private bool _live;

    /// <summary>The next erasure to tell; -1 before the first look, and how many there were then.</summary>
    private int _erasure = -1;

    private int _erasuresBefore;

    public async Task RunAsync(CancellationToken cancellation)
    {
        await WriteAsync(
            EventMessages.Hello(store.Current, store.OldestNumber, _position, request.HeartbeatInterval),
            Flushed, cancellation).ConfigureAwait(false);
        while (true)
        {
            await AnnounceErasuresAsync(cancellation).ConfigureAwait(false);
            await AnnounceGapAsync(cancellation).ConfigureAwait(false);
            var page = await store.ReadAfterAsync(_position.Number, PageSize, cancellation).ConfigureAwait(false);
            if (page.Count > 0)
            {
                await DeliverAsync(page, cancellation).ConfigureAwait(false);
            }
            else if (_position.Number >= store.Current.Number)
            {
                await AnnounceCaughtUpAsync(cancellation).ConfigureAwait(false);
                await WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task DeliverAsync(IReadOnlyList<StoredReport> page, CancellationToken cancellation)
    {
        await AnnounceFellBehindAsync(cancellation).ConfigureAwait(false);

        // One message is always held back, so that the last one of the page flushes all before it.
        FeedMessage? held = null;
        var matching = 0;
        foreach (var stored in page)
        {
            if (stored.Position.Number != _position.Number + 1)
            {
                // The log has a gap, something was erased, or retention overtook the read; the next round announces it.
                break;
            }

            if (request.Filter.Matches(stored))
            {
                if (held is not null)
                {
                    await WriteAsync(held, Buffered, cancellation).ConfigureAwait(false);
                }

                held = messages.Of(stored);
                matching++;
            }

            _position = stored.Position;
        }

        if (held is not null)
        {
            handsOut(matching);
            await WriteAsync(held, Flushed, cancellation).ConfigureAwait(false);
        }
        else
        {
            // A filter that lets nothing pass must not look like a dead connection.
            await HeartbeatWhenDueAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(CancellationToken cancellation)
    {
        var next = store.WaitForEventAfterAsync(_position.Number, CancellationToken.None);
        if (!next.IsCompleted)
        {
            var untilHeartbeat = request.HeartbeatInterval - time.GetElapsedTime(_lastWrite);
            if (untilHeartbeat <= TimeSpan.Zero || !await SignalledAsync(next, untilHeartbeat, cancellation).ConfigureAwait(false))
            {
                await HeartbeatWhenDueAsync(cancellation).ConfigureAwait(false);
                return;
            }
        }

        var rest = options.GatherInterval - time.GetElapsedTime(_lastWrite);
        if (rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<bool> SignalledAsync(Task signal, TimeSpan patience, CancellationToken cancellation)
    {
        await signal.WaitAsync(patience, time, cancellation)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        return signal.IsCompleted;
    }

    /// <summary>In the order of the log. One that a reader may have been told before it left is told again.</summary>
    private async Task AnnounceErasuresAsync(CancellationToken cancellation)
    {
        var erasures = store.Erasures;
        if (_erasure < 0)
        {
            _erasuresBefore = erasures.Count;
            _erasure = erasures.TakeWhile(erasure => erasure.After < _position.Number).Count();
        }

        for (; _erasure < erasures.Count && erasures[_erasure].After <= _position.Number; _erasure++)
        {
            var erasure = erasures[_erasure];
            // Who begins before the first of the numbers never had one that was gone already.
            var mayHaveCopies = _erasure >= _erasuresBefore || erasure.Numbers is [var first, ..] && first.First <= request.StartAfter.Number;
            if (mayHaveCopies && erasure.Numbers.Count > 0 && request.Filter.Concerns(erasure.App))
            {
                var after = new FeedPosition(store.EpochOf(erasure.After), erasure.After);
                await WriteAsync(EventMessages.Erased(erasure, after), Flushed, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task AnnounceGapAsync(CancellationToken cancellation)
    {
        var current = store.Current.Number;
        var oldest = store.OldestNumber;
        if (oldest > _position.Number + 1 && current > _position.Number)
        {
            await AnnounceGapAsync(oldest - 1, Wire.GapReason.Retention, cancellation).ConfigureAwait(false);
        }

        if (store.GapThrough(_position.Number + 1) is { } through)
        {
            await AnnounceGapAsync(through, Wire.GapReason.Damage, cancellation).ConfigureAwait(false);
        }

        if (store.ErasedThrough(_position.Number + 1) is { } erased)
        {
            await AnnounceGapAsync(erased, Wire.GapReason.Erasure, cancellation).ConfigureAwait(false);
        }
    }

    private async Task AnnounceGapAsync(long through, Wire.GapReason reason, CancellationToken cancellation)
    {
        await WriteAsync(EventMessages.Gap(_position.Number + 1, through, reason), Flushed, cancellation)
            .ConfigureAwait(false);
        _position = new FeedPosition(store.EpochOf(through), through);
    }

    private async Task AnnounceCaughtUpAsync(CancellationToken cancellation)
    {
        if (!_live)
        {
            _live = true;
            await WriteAsync(EventMessages.CaughtUp(_position), Flushed, cancellation).ConfigureAwait(false);
        }
    }

    private async Task AnnounceFellBehindAsync(CancellationToken cancellation)
    {
        var behind = store.Current.Number - _position.Number;
        if (_live && behind > options.FellBehindAfter)
        {
            _live = false;
            await WriteAsync(EventMessages.FellBehind(_position, behind), Flushed, cancellation).ConfigureAwait(false);
        }
    }

    private async Task HeartbeatWhenDueAsync(CancellationToken cancellation)
    {
        if (time.GetElapsedTime(_lastWrite) >= request.HeartbeatInterval)
        {
            await WriteAsync(EventMessages.Heartbeat(_position, time.GetUtcNow()), Flushed, cancellation)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Always waits for the write itself, which cancellation ends too: it must not outlive the call.</summary>
    private async Task TakenAsync(Task write)
    {
        try
        {
            await write.WaitAsync(options.WriteTimeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new FrozenReaderException(write);
        }
    }

    private async Task WriteAsync(
        FeedMessage message, WriteOptions writeOptions, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        writer.WriteOptions = writeOptions;
        // Completes at once, and without an object, while the reader takes what it gets.
        var write = writer.WriteAsync(message, cancellation);
        if (!write.IsCompletedSuccessfully)
        {
            await TakenAsync(write).ConfigureAwait(false);
        }

        _lastWrite = time.GetTimestamp();
    }
}

/// <summary>The reader took nothing of what waits for it for too long.</summary>
internal sealed class FrozenReaderException(Task write) : Exception
{
    /// <summary>The write that it did not take; ends when the call is aborted.</summary>
    public Task Write { get; } = write;
}
