using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Moves the pages of a full log into the data file, beside the commits that go on in the other log.</summary>
/// <remarks>
/// Until all of them are there and synced, the log keeps them and readers of the data file get them from the log.
/// Moving twice does no harm: it is also how a start goes on where the last process was.
/// Threading: an own thread per move; one lock for which pages are not in the data file yet.
/// Failures are kept for the next who asks; a new instance, over the files as they are, tries again.
/// </remarks>
internal sealed class Checkpointer(IStorageFile data)
{
    /// <summary>Neighbors are written together; small beside what a disk takes at once.</summary>
    private const int MaxPagesPerWrite = 32;

    private readonly Lock _gate = new();
    private LogFile? _log;
    private SortedList<uint, int> _frames = [];
    private long _moves;
    private byte[] _buffer = [];
    private Task _move = Task.CompletedTask;
    private Exception? _failure;
    private HashSet<uint>? _moved;

    public bool IsCheckpointing => !_move.IsCompleted;

    /// <summary>Whether the data file holds everything it was ever given.</summary>
    public bool IsIdle => Volatile.Read(ref _log) is null;

    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>How far the data file goes once everything is moved.</summary>
    public long Length
    {
        get
        {
            lock (_gate)
            {
                var moving = _log is null || _frames.Count == 0 ? 0 : PositionOf(_frames.GetKeyAtIndex(_frames.Count - 1) + 1);
                // A move that was cut short may have left a part of a page.
                return Math.Max(data.Length / LogPage.Size * LogPage.Size, moving);
            }
        }
    }

    /// <summary>Begins to move the pages of a log, which must stay as it is until <see cref="Finish"/> has returned.</summary>
    /// <param name="log">The log.</param>
    /// <param name="frames">Its frame with the newest version of each page, by page; not changed from now on.</param>
    public void Begin(LogFile log, SortedList<uint, int> frames)
    {
        lock (_gate)
        {
            (_log, _frames) = (log, frames);
            _moves++;
            _moved?.UnionWith(frames.Keys);
        }

        _move = Task.Factory.StartNew(
            () => MoveAll(log, frames), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The pages that were given to the data file since this was asked for the last time; at first none.</summary>
    /// <param name="goOn">Whether it will be asked for again.</param>
    public HashSet<uint> TakeMoved(bool goOn)
    {
        lock (_gate)
        {
            var moved = _moved ?? [];
            _moved = goOn ? [] : null;
            return moved;
        }
    }

    /// <summary>Waits for the end of the move, good or bad.</summary>
    public void Wait() => _move.Wait();

    /// <summary>Waits until the data file holds everything.</summary>
    /// <exception cref="IOException">It cannot be moved; the log still has it.</exception>
    public void Finish()
    {
        Wait();
        if (Failure is { } failure)
        {
            throw new IOException(failure.Message, failure);
        }
    }

    /// <summary>Reads from the data file as it will be once everything is moved.</summary>
    /// <exception cref="StoreDamagedException">What is there is not what was written.</exception>
    public int Read(Span<byte> buffer, long position)
    {
        var (number, offset) = Math.DivRem(position, LogPage.Size);
        Span<byte> page = stackalloc byte[LogPage.Size];
        ReadPage(page, (uint)number);
        // LiteDB reads by the page; a longer read must not run into one that is not there yet.
        var part = page[(int)offset..];
        part = part[..Math.Min(part.Length, buffer.Length)];
        part.CopyTo(buffer);
        return part.Length;
    }

    private void ReadPage(Span<byte> page, uint number)
    {
        while (true)
        {
            long moves;
            lock (_gate)
            {
                if (_log is not null && _frames.TryGetValue(number, out var frame))
                {
                    ReadMoved(_log, frame, page);
                    LogPage.TakeOutTransaction(page);
                    return;
                }

                moves = _moves;
            }

            if (data.Read(page, PositionOf(number)) == LogPage.Size && DataPage.TryOpen(page, number))
            {
                return;
            }

            lock (_gate)
            {
                // A move that began meanwhile may have been writing this page; then it is read from the log.
                if (moves == _moves)
                {
                    throw DataPage.Damaged(number);
                }
            }
        }
    }

    private void MoveAll(LogFile log, SortedList<uint, int> frames)
    {
        try
        {
            Move(log, frames);
            lock (_gate)
            {
                (_log, _frames) = (null, []);
            }
        }
        catch (Exception e)
        {
            // Whatever it was, the pages are not there: the store must hear of it before it trusts the data file again.
            Volatile.Write(ref _failure, e);
        }
    }

    private void Move(LogFile log, SortedList<uint, int> frames)
    {
        // Kept for the next move: as large as it is, a new one each time would call for full collections.
        Array.Resize(ref _buffer, MaxPagesPerWrite * LogPage.Size);
        for (var next = 0; next < frames.Count;)
        {
            var first = frames.GetKeyAtIndex(next);
            var count = 0;
            while (count < MaxPagesPerWrite && next < frames.Count && frames.GetKeyAtIndex(next) == first + count)
            {
                var page = _buffer.AsSpan(count * LogPage.Size, LogPage.Size);
                ReadMoved(log, frames.GetValueAtIndex(next), page);
                DataPage.Seal(page);
                count++;
                next++;
            }

            data.Write(_buffer.AsSpan(0, count * LogPage.Size), PositionOf(first));
        }

        data.Sync();
    }

    private static void ReadMoved(LogFile log, int frame, Span<byte> page)
    {
        if (log.Read(page, frame, 0) != LogPage.Size)
        {
            throw new InvalidDataException("The log has become shorter.");
        }
    }

    private static long PositionOf(uint page) => (long)page * LogPage.Size;
}
