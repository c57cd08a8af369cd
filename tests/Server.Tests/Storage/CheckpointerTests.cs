using Telemetry.Server.Model;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>Moving pages of a full log into the data file, and reading meanwhile.</summary>
public sealed class CheckpointerTests
{
    private readonly MemoryFile _data = new([]);
    private readonly MemoryFile _log = new([]);

    [Fact]
    public void Pages_are_in_the_data_file_once_the_move_is_finished()
    {
        var log = SamplePages.Log(_log, 3);
        var checkpointer = new Checkpointer(_data);
        Assert.True(checkpointer.IsIdle);

        Move(checkpointer, log);

        Assert.True(checkpointer.IsIdle);
        Assert.False(checkpointer.IsCheckpointing);
        Assert.Null(checkpointer.Failure);
        Assert.Equal(3 * LogPage.Size, checkpointer.Length);
        // Nothing is read from the log any more.
        _log.SetLength(0);
        for (var number = 0; number < 3; number++)
        {
            Assert.Equal(OfLiteDb(number), ReadPage(checkpointer, number));
        }
    }

    [Fact]
    public void The_newest_version_of_a_page_is_moved()
    {
        var log = SamplePages.Log(_log);
        log.Add(SamplePages.Of(4, confirmed: true, fill: 1));
        log.Add(SamplePages.Of(4, confirmed: true, fill: 2));
        log.MakeDurable(isOtherMoved: false);
        var checkpointer = new Checkpointer(_data);

        Move(checkpointer, log);

        Assert.Equal(2, ReadPage(checkpointer, 4)[^1]);
        Assert.Equal(5 * LogPage.Size, _data.Length);
    }

    [Fact]
    public void Neighbors_are_written_together_32_at_most_and_synced_once()
    {
        var trace = new WriteTrace();
        var log = SamplePages.Log(_log);
        foreach (var number in Enumerable.Range(0, 65).Append(70).Append(71).Append(73))
        {
            log.Add(SamplePages.Of((uint)number, confirmed: number == 73, fill: (byte)number));
        }

        log.MakeDurable(isOtherMoved: false);
        var checkpointer = new Checkpointer(new TracedFile(_data, "data", trace));

        Move(checkpointer, log);

        Assert.Equal(
            [(0, 32), (32, 32), (64, 1), (70, 2), (73, 1)],
            trace.All.OfType<WriteTrace.Write>().Select(write =>
                ((int)(write.Offset / LogPage.Size), write.Bytes.Length / LogPage.Size)));
        Assert.IsType<WriteTrace.Sync>(trace.All[^1]);
        Assert.Single(trace.All.OfType<WriteTrace.Sync>());
        foreach (var number in new[] { 0, 31, 32, 63, 64, 70, 71, 73 })
        {
            Assert.Equal(OfLiteDb(number), ReadPage(checkpointer, number));
        }
    }

    [Fact]
    public async Task Until_the_data_file_is_synced_pages_come_from_the_log()
    {
        using var hold = new SyncHold();
        var log = SamplePages.Log(_log, 2);
        var checkpointer = new Checkpointer(new HeldFile(_data, hold));
        hold.Close();

        checkpointer.Begin(log, log.Pages.FindNewest());
        await Patience.For(hold.Reached, "the data file is synced");

        Assert.True(checkpointer.IsCheckpointing);
        Assert.False(checkpointer.IsIdle);
        Assert.Equal(2 * LogPage.Size, checkpointer.Length);
        // Whatever the data file holds by now.
        _data.SetLength(0);
        Assert.Equal(2 * LogPage.Size, checkpointer.Length);
        Assert.Equal(OfLiteDb(0), ReadPage(checkpointer, 0));
        Assert.Equal(OfLiteDb(1), ReadPage(checkpointer, 1));
        hold.Open();
        checkpointer.Finish();
        Assert.True(checkpointer.IsIdle);
        Assert.Throws<StoreDamagedException>(() => ReadPage(checkpointer, 1));
    }

    [Fact]
    public async Task The_data_file_is_as_long_as_it_will_be_and_a_part_of_a_page_does_not_count()
    {
        using var hold = new SyncHold();
        var checkpointer = new Checkpointer(new HeldFile(_data, hold));
        _data.SetLength((5 * LogPage.Size) - 1);
        Assert.Equal(4 * LogPage.Size, checkpointer.Length);
        _data.SetLength(5 * LogPage.Size);
        Assert.Equal(5 * LogPage.Size, checkpointer.Length);
        hold.Close();
        var log = SamplePages.Log(_log, 2);

        checkpointer.Begin(log, log.Pages.FindNewest());

        await Patience.For(hold.Reached, "the data file is synced");
        Assert.Equal(5 * LogPage.Size, checkpointer.Length);
        hold.Open();
        checkpointer.Finish();
    }

    [Fact]
    public async Task A_log_without_pages_has_nothing_to_move()
    {
        using var hold = new SyncHold();
        var log = SamplePages.Log(_log);
        var checkpointer = new Checkpointer(new HeldFile(_data, hold));
        hold.Close();

        checkpointer.Begin(log, log.Pages.FindNewest());

        await Patience.For(hold.Reached, "the data file is synced");
        Assert.Equal(0, checkpointer.Length);
        hold.Open();
        checkpointer.Finish();
        Assert.True(checkpointer.IsIdle);
        Assert.Equal(0, checkpointer.Length);
    }

    [Fact]
    public void A_part_of_a_page_is_read_and_never_more_than_one_page()
    {
        var log = SamplePages.Log(_log, 2);
        var checkpointer = new Checkpointer(_data);
        Move(checkpointer, log);
        var buffer = new byte[LogPage.Size];

        Assert.Equal(100, checkpointer.Read(buffer.AsSpan(0, 100), LogPage.Size + 50));
        Assert.All(buffer[..100], value => Assert.Equal(1, value));
        Assert.Equal(0, buffer[100]);
        Assert.Equal(92, checkpointer.Read(buffer, (2 * LogPage.Size) - 92));
    }

    [Fact]
    public void A_page_that_is_damaged_or_missing_is_refused_with_its_place()
    {
        var checkpointer = new Checkpointer(_data);
        Move(checkpointer, SamplePages.Log(_log, 2));
        _data.Write([0x77], LogPage.Size + 4_000);

        var damage = Assert.Throws<StoreDamagedException>(() => ReadPage(checkpointer, 1));

        Assert.StartsWith($"'telemetry.db' at byte {LogPage.Size}:", damage.Message, StringComparison.Ordinal);
        Assert.Throws<StoreDamagedException>(() => ReadPage(checkpointer, 2));
        _data.SetLength(LogPage.Size - 1);
        Assert.Throws<StoreDamagedException>(() => ReadPage(checkpointer, 0));
    }

    [Fact]
    public void A_move_that_failed_is_told_to_whoever_waits_and_the_log_is_read_on()
    {
        var log = SamplePages.Log(_log, 2);
        var checkpointer = new Checkpointer(new FaultyFile(_data, new Faults { FailIn = 0 }));
        checkpointer.Begin(log, log.Pages.FindNewest());

        var failure = Assert.Throws<IOException>(checkpointer.Finish);

        Assert.Equal("No space left on device", failure.Message);
        Assert.Same(checkpointer.Failure, failure.InnerException);
        Assert.False(checkpointer.IsIdle);
        Assert.Equal(OfLiteDb(1), ReadPage(checkpointer, 1));
    }

    [Fact]
    public void A_log_that_became_shorter_is_not_moved()
    {
        var log = SamplePages.Log(_log, 1);
        var checkpointer = new Checkpointer(_data);

        checkpointer.Begin(log, new SortedList<uint, int> { [0] = 0, [1] = 1 });
        checkpointer.Wait();

        Assert.IsType<InvalidDataException>(checkpointer.Failure);
        Assert.Equal(0, _data.Length);
    }

    private static void Move(Checkpointer checkpointer, LogFile log)
    {
        checkpointer.Begin(log, log.Pages.FindNewest());
        checkpointer.Finish();
    }

    private static byte[] ReadPage(Checkpointer checkpointer, int number)
    {
        var page = new byte[LogPage.Size];
        Assert.Equal(LogPage.Size, checkpointer.Read(page, (long)number * LogPage.Size));
        return page;
    }

    private static byte[] OfLiteDb(int number) =>
        SamplePages.Of((uint)number, confirmed: false, transaction: uint.MaxValue, fill: (byte)number);
}
