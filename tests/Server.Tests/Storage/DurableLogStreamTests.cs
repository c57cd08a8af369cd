using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>What LiteDB sees of the log, and when a commit counts.</summary>
public sealed class DurableLogStreamTests : IDisposable
{
    private readonly MemoryFile _first = new([]);
    private readonly MemoryFile _second = new([]);
    private readonly MemoryFile _data = new([]);
    private readonly Faults _faults = new();
    private readonly SyncHold _hold = new();
    private readonly Checkpointer _checkpointer;
    private readonly DurableLogStream _stream;

    public DurableLogStreamTests()
    {
        _checkpointer = new Checkpointer(new HeldFile(_data, _hold));
        _stream = new DurableLogStream(
            new RecoveredLog(new FaultyFile(_first, _faults), _second, hasData: false), _checkpointer);
    }

    public void Dispose()
    {
        _hold.Dispose();
        _checkpointer.Wait();
        _stream.Dispose();
    }

    [Fact]
    public void A_commit_counts_with_the_page_that_confirms_it()
    {
        Write(SamplePages.Of(0, confirmed: false));
        Assert.Equal((LogPage.Size, 0L), (_stream.Length, _stream.DurableCommits));
        Assert.Equal(new LogEnd(1, 0), _stream.End);
        Assert.Equal(LogHeader.Size, _first.Length);

        Write(SamplePages.Of(1, confirmed: true));

        Assert.Equal((2 * LogPage.Size, 1L), (_stream.Length, _stream.DurableCommits));
        Assert.Equal(new LogEnd(1, 2), _stream.End);
        Assert.Equal(LogFile.PositionOf(2), _first.Length);
        _stream.WaitForCommitAfter(0);
    }

    [Fact]
    public void A_waiter_waits_for_its_own_commit_and_is_woken_by_it()
    {
        Commit(0);
        var waiter = Waiter(after: 2);
        Commit(1);
        AssertWaits(waiter.Thread);

        Commit(2);

        Assert.True(waiter.Thread.Join(Patience.Limit), "The third commit woke nobody.");
        Assert.Null(waiter.Failure());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_commit_that_cannot_be_written_is_told_to_its_waiter_and_nothing_follows_it(int failIn)
    {
        Commit(0);
        var waiter = Waiter(after: 1);
        _faults.FailIn = failIn;

        Commit(1);

        Assert.True(waiter.Thread.Join(Patience.Limit), "The failure woke nobody.");
        Assert.Equal("No space left on device", Assert.IsType<IOException>(waiter.Failure()).Message);
        var length = _stream.Length;
        Commit(2);
        Assert.Equal((length, 1L), (_stream.Length, _stream.DurableCommits));
        _stream.WaitForCommitAfter(0);
    }

    [Fact]
    public async Task What_is_no_next_page_is_a_failure()
    {
        Commit(0);
        _stream.Position = 0;
        _stream.Write(SamplePages.Of(1, confirmed: true));

        var failure = await Assert.ThrowsAsync<IOException>(() =>
            Patience.For(Task.Run(() => _stream.WaitForCommitAfter(1)), "the waiter is told"));

        Assert.Contains("page by page", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_of_a_page_is_a_failure()
    {
        _stream.Write(SamplePages.Of(0, confirmed: true).AsSpan(0, 100).ToArray());

        var failure = await Assert.ThrowsAsync<IOException>(() =>
            Patience.For(Task.Run(() => _stream.WaitForCommitAfter(0)), "the waiter is told"));

        Assert.Contains("page by page", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pages_are_read_back_where_they_were_written_one_at_a_time()
    {
        Commit(0);
        Commit(1);
        var buffer = new byte[LogPage.Size];

        _stream.Position = LogPage.Size + 100;

        Assert.Equal(LogPage.Size - 100, _stream.Read(buffer, 0, buffer.Length));
        Assert.Equal(1, buffer[0]);
        Assert.Equal(0, _stream.Read(buffer, 0, buffer.Length));
        _stream.Position = 40;
        Assert.Equal(10, _stream.Read(buffer, 0, 10));
        Assert.Equal(0, buffer[0]);
    }

    [Fact]
    public void The_log_is_emptied_by_a_checkpoint_alone_and_never_cut()
    {
        _stream.SetLength(0);
        Assert.Equal(new LogEnd(1, 0), _stream.End);
        Commit(0);

        Assert.Throws<NotSupportedException>(() => _stream.SetLength(0));
        Assert.Throws<NotSupportedException>(() => _stream.SetLength(LogPage.Size));
        _stream.RunCheckpoint(() => Assert.Throws<NotSupportedException>(() => _stream.SetLength(LogPage.Size)));

        Assert.Equal(new LogEnd(1, 1), _stream.End);
        Assert.Throws<NotSupportedException>(() => _stream.SetLength(0));
    }

    [Fact]
    public void A_checkpoint_changes_the_files_over_and_moves_the_pages()
    {
        Commit(0);
        Commit(1);
        var before = _stream.End;

        _stream.RunCheckpoint(() => _stream.SetLength(0));
        Commit(2);

        Assert.Equal(new LogEnd(before.Epoch + 1, 1), _stream.End);
        Assert.Equal(LogPage.Size, _stream.Length);
        _checkpointer.Finish();
        Assert.Equal(2 * LogPage.Size, _data.Length);
        var log = new RecoveredLog(_first, _second, hasData: true);
        Assert.Equal((2UL, 1UL), (log.Current.Epoch, log.Other.Epoch));
        Assert.True(log.Other.Mark.IsClosed);
    }

    [Fact]
    public void Without_pages_a_checkpoint_leaves_the_files_as_they_are()
    {
        _stream.RunCheckpoint(() => _stream.SetLength(0));

        Assert.Equal(new LogEnd(1, 0), _stream.End);
    }

    [Fact]
    public void During_a_checkpoint_only_the_last_page_of_the_data_file_is_shown()
    {
        // Page 9 is the last of the data file, and its newest version is in the middle of the log.
        foreach (var number in new uint[] { 9, 4, 9, 5 })
        {
            _stream.Position = _stream.Length;
            _stream.Write(SamplePages.Of(number, confirmed: true, fill: (byte)number));
        }

        _stream.RunCheckpoint(() => Assert.Equal([0, 0, 9, 0], Fills()));

        Assert.Equal([9, 4, 9, 5], Fills());

        List<byte> Fills()
        {
            var fills = new List<byte>();
            var page = Enumerable.Repeat((byte)0xEE, LogPage.Size).ToArray();
            for (_stream.Position = 0; _stream.Position < _stream.Length;)
            {
                Assert.Equal(LogPage.Size, _stream.Read(page, 0, page.Length));
                fills.Add(page[^1]);
            }

            return fills;
        }
    }

    [Fact]
    public void A_checkpoint_that_failed_leaves_the_log_readable()
    {
        Commit(0);
        Commit(1);

        Assert.Throws<InvalidOperationException>(() => _stream.RunCheckpoint(() => throw new InvalidOperationException()));

        var page = new byte[LogPage.Size];
        _stream.Position = 0;
        _stream.ReadExactly(page);
        Assert.Equal(SamplePages.Of(0, confirmed: true, fill: 0), page);
    }

    [Fact]
    public async Task A_checkpoint_waits_for_the_pages_of_the_one_before()
    {
        Commit(0);
        _hold.Close();
        _stream.RunCheckpoint(() => _stream.SetLength(0));
        Commit(1);
        await Patience.For(_hold.Reached, "the data file is synced");
        var ran = false;

        var second = Task.Factory.StartNew(
            () => _stream.RunCheckpoint(() => ran = true), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        Assert.False(ran);
        Assert.False(second.IsCompleted);
        _hold.Open();
        await Patience.For(second, "the second checkpoint runs");
        Assert.True(ran);
    }

    [Fact]
    public async Task Commits_and_the_last_mark_say_whether_the_filling_before_is_still_needed()
    {
        Commit(0);
        _hold.Close();
        _stream.RunCheckpoint(() => _stream.SetLength(0));
        Commit(1);
        await Patience.For(_hold.Reached, "the data file is synced");
        _stream.Seal();
        Assert.False(LogMark.Read(_second).IsOtherMoved);

        _hold.Open();
        _checkpointer.Finish();
        _stream.Seal();
        Assert.True(LogMark.Read(_second).IsOtherMoved);
        new LogMark(2, default, IsClosed: false, IsOtherMoved: false).Write(_second);
        Commit(2);
        Assert.True(LogMark.Read(_second).IsOtherMoved);
    }

    [Fact]
    public void The_other_file_is_synced_before_the_last_mark_says_that_nothing_of_it_is_needed()
    {
        var trace = new WriteTrace();
        using var stream = new DurableLogStream(
            new RecoveredLog(new TracedFile(new MemoryFile([]), "1", trace), new TracedFile(new MemoryFile([]), "2", trace), hasData: false),
            new Checkpointer(new MemoryFile([])));
        var before = trace.Count;

        stream.Seal();

        Assert.Equal(
            [("2", typeof(WriteTrace.Sync)), ("1", typeof(WriteTrace.Write)), ("1", typeof(WriteTrace.Sync))],
            trace.All.Skip(before).Select(operation => (operation.File, operation.GetType())));
    }

    [Fact]
    public void Pages_that_a_process_left_behind_are_moved_by_the_next()
    {
        Commit(0);
        Commit(1);
        _stream.RunCheckpoint(() => _stream.SetLength(0));
        _checkpointer.Finish();
        _data.SetLength(0);
        var next = new Checkpointer(_data);

        using var stream = new DurableLogStream(new RecoveredLog(_first, _second, hasData: true), next);

        next.Finish();
        Assert.Equal(2 * LogPage.Size, _data.Length);
        Assert.Equal((2UL, 0), (stream.End.Epoch, stream.DroppedFrames));
    }

    /// <summary>A thread that waits for a commit by now, and how it failed once it has ended.</summary>
    private (Thread Thread, Func<Exception?> Failure) Waiter(long after)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(() => _stream.WaitForCommitAfter(after)));
        thread.Start();
        AssertWaits(thread);
        return (thread, () => failure);
    }

    private static void AssertWaits(Thread thread) => Assert.True(
        SpinWait.SpinUntil(() => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Patience.Limit), "Nobody waits.");

    private void Commit(int number) => Write(SamplePages.Of((uint)number, confirmed: true, fill: (byte)number));

    private void Write(byte[] page)
    {
        _stream.Position = _stream.Length;
        _stream.Write(page);
    }
}
