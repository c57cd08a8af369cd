namespace Telemetry.Server.Storage.LiteDb;

/// <summary>LiteDB's write-ahead log, made durable: one write and one sync per transaction.</summary>
/// <remarks>
/// LiteDB 5 hands log pages to a background thread and returns from Commit before they are written. This stream keeps
/// the pages of a transaction until its last one arrives, the one that LiteDB marks as confirmed; then it writes and
/// syncs them together, and only then counts the commit as durable.
/// Checkpoints: two files in turn. When LiteDB empties the log after a checkpoint, commits go on in the other file, and
/// the checkpointer brings the full one's pages into the data file. LiteDB need not copy them, so during a checkpoint it is
/// shown blank pages, which it passes over, and one real one, from which it learns how far the data file goes.
/// Threading: one lock; LiteDB writes from its background thread, readers read from theirs.
/// Failures never surface in LiteDB's background thread, which would end the process: they are kept for the waiter.
/// </remarks>
internal sealed class DurableLogStream : PositionedStream
{
    private readonly Checkpointer _checkpointer;
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _changed = new();
    private LogFile _current;
    private LogFile _other;
    private SortedList<uint, int>? _checkpointed;
    private int _shownFrame;
    private long _commits;
    private Exception? _failure;

    /// <summary>Goes on with the log that was recovered; what the other file still has to give goes to the checkpointer.</summary>
    /// <param name="log">The two files.</param>
    /// <param name="checkpointer">Moves pages into the data file.</param>
    public DurableLogStream(RecoveredLog log, Checkpointer checkpointer)
    {
        _checkpointer = checkpointer;
        (_current, _other) = (log.Current, log.Other);
        log.Settle();
        if (log.IsOtherNeeded)
        {
            _checkpointer.Begin(_other, _other.Pages.FindNewest());
        }
    }

    /// <summary>Frames after the confirmed end that recovery passed over.</summary>
    public int DroppedFrames => _current.DroppedFrames;

    public LogEnd End
    {
        get
        {
            lock (_gate)
            {
                return new LogEnd(_current.Epoch, _current.Durable.Frames);
            }
        }
    }

    public long DurableCommits => Interlocked.Read(ref _commits);

    public override long Length
    {
        get
        {
            lock (_gate)
            {
                return (long)_current.Frames * LogPage.Size;
            }
        }
    }

    /// <summary>Waits until the commit after <paramref name="commits"/> is on disk.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void WaitForCommitAfter(long commits)
    {
        while (DurableCommits <= commits)
        {
            if (_failure is { } failure)
            {
                throw new IOException(failure.Message, failure);
            }

            _changed.Wait();
            _changed.Reset();
        }
    }

    /// <summary>Runs a checkpoint, which must read the log on the calling thread and let nobody else read meanwhile.</summary>
    /// <remarks>Waits for the pages of the checkpoint before: only then is the other file free.</remarks>
    public void RunCheckpoint(Action checkpoint)
    {
        _checkpointer.Finish();
        lock (_gate)
        {
            _checkpointed = _current.Pages.FindNewest();
            _shownFrame = _checkpointed.Count == 0 ? -1 : _checkpointed.GetValueAtIndex(_checkpointed.Count - 1);
        }

        try
        {
            checkpoint();
        }
        finally
        {
            lock (_gate)
            {
                _checkpointed = null;
            }
        }
    }

    /// <summary>The frame with the newest durable version of each page that the log has, and which filling that is.</summary>
    public (ulong Epoch, SortedList<uint, int> Frames) FindNewest()
    {
        lock (_gate)
        {
            return (_current.Epoch, _current.Pages.FindNewest());
        }
    }

    /// <summary>Reads a page of a filling that must still be the current one.</summary>
    /// <exception cref="IOException">It is not.</exception>
    public void ReadFrame(ulong epoch, int frame, Span<byte> page)
    {
        lock (_gate)
        {
            if (_current.Epoch != epoch || _current.Read(page, frame, 0) != page.Length)
            {
                throw new IOException("The log was emptied while it was copied.");
            }
        }
    }

    /// <summary>At the end: tells the next start that the data file holds everything, so that it need not look.</summary>
    public void Seal()
    {
        lock (_gate)
        {
            _other.Sync();
            _current.Seal(_checkpointer.IsIdle);
        }
    }

    /// <summary>Leaves nothing in both files but the frames that are in force, durably; beside a commit it must not run.</summary>
    /// <remarks>The pages of the other file must be in the data file. Before it loses them, the current one says that it needs none.</remarks>
    public void ClearStale()
    {
        _checkpointer.Finish();
        lock (_gate)
        {
            _current.ForgetBefore();
            _current.CutStale();
            _other.CutAll();
        }
    }

    /// <summary>LiteDB empties the log at the end of a checkpoint; it never cuts it otherwise.</summary>
    public override void SetLength(long value)
    {
        lock (_gate)
        {
            if (value != 0 || (_current.Frames > 0 && _checkpointed is null))
            {
                throw new NotSupportedException("The log is only ever emptied, by a checkpoint.");
            }

            if (_current.Frames > 0)
            {
                _other.Begin(_current.Epoch + 1, _current.Durable);
                _current.Close();
                (_current, _other) = (_other, _current);
                _checkpointer.Begin(_other, _checkpointed!);
            }
        }
    }

    /// <summary>Nothing to do: a confirmed page was synced when it arrived, and no other needs to be.</summary>
    public override void Flush()
    {
    }

    protected override int ReadAt(Span<byte> buffer, long position)
    {
        lock (_gate)
        {
            var (frame, offset) = Math.DivRem(position, LogPage.Size);
            var part = buffer[..Math.Min(buffer.Length, LogPage.Size - (int)offset)];
            if (_checkpointed is not null && frame != _shownFrame)
            {
                part.Clear();
                return part.Length;
            }

            return _current.Read(part, (int)frame, (int)offset);
        }
    }

    protected override void WriteAt(ReadOnlySpan<byte> buffer, long position)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                // The transaction is lost already; the store discards the engine and opens anew.
                return;
            }

            try
            {
                Append(buffer, position);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                _failure = e;
                _changed.Set();
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _changed.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Append(ReadOnlySpan<byte> page, long position)
    {
        if (page.Length != LogPage.Size || position != (long)_current.Frames * LogPage.Size)
        {
            throw new InvalidOperationException("The log grows page by page.");
        }

        _current.Add(page);
        if (LogPage.IsConfirmed(page))
        {
            _current.MakeDurable(_checkpointer.IsIdle);
            Interlocked.Increment(ref _commits);
            _changed.Set();
        }
    }
}
