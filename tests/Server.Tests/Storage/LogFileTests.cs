using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>One log file: what counts after a crash, what is damage, and in which order it is written.</summary>
public sealed class LogFileTests
{
    private readonly MemoryFile _file = new([]);

    [Fact]
    public void What_was_made_durable_is_found_again()
    {
        var written = SamplePages.Log(_file, 2, 3);

        var found = Reopened();
        found.Recover();

        Assert.Equal(written.Durable, found.Durable);
        Assert.Equal((1UL, 5, 0), (found.Epoch, found.Frames, found.DroppedFrames));
        Assert.Equal(new LogMark(1, written.Durable, IsClosed: false, IsOtherMoved: false), found.Mark);
        Assert.True(found.HasTwoHeaders);
        Assert.True(found.IsWholeHead);
        Assert.Equal(LogFile.PositionOf(5), _file.Length);
        for (var frame = 0; frame < 5; frame++)
        {
            AssertPage(frame, found, frame);
        }
    }

    [Fact]
    public void Pages_are_read_back_before_and_after_their_commit_however_many_there_are()
    {
        var log = SamplePages.Log(_file);
        for (var i = 0; i < 130; i++)
        {
            log.Add(SamplePages.Of((uint)i, confirmed: i == 129, fill: (byte)i));
        }

        Assert.Equal((130, 0), (log.Frames, log.Durable.Frames));
        AssertPage(64, log, 64);
        AssertPage(129, log, 129);
        log.MakeDurable(isOtherMoved: false);

        Assert.Equal((130, 130), (log.Frames, log.Durable.Frames));
        AssertPage(64, log, 64);
        AssertPage(129, log, 129);
        log.Add(SamplePages.Of(130, confirmed: false, fill: 130));
        AssertPage(130, log, 130);
        Assert.Equal(131, log.Frames);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_part_of_a_page_is_read_and_nothing_past_the_last(bool durable)
    {
        var log = SamplePages.Log(_file, 1);
        log.Add(SamplePages.Of(1, confirmed: true, fill: 0x51));
        if (durable)
        {
            log.MakeDurable(isOtherMoved: false);
        }

        var part = new byte[10];

        Assert.Equal(10, log.Read(part, 1, 27));
        Assert.Equal([0, 0, 0, 0, 0, 0x51, 0x51, 0x51, 0x51, 0x51], part);
        Assert.Equal(0, log.Read(part, 2, 0));
    }

    [Fact]
    public void Pages_without_the_end_of_their_transaction_do_not_count()
    {
        var log = SamplePages.Log(_file, 2);
        var acknowledged = log.Durable;
        log.Add(SamplePages.Of(8, confirmed: false));
        log.MakeDurable(isOtherMoved: false);
        LoseMark();

        var found = Reopened();
        found.Recover();

        Assert.Equal(acknowledged, found.Durable);
        Assert.Equal((2, 1), (found.Frames, found.DroppedFrames));
        Assert.Equal(2, found.Pages.FindNewest().Count);
    }

    [Fact]
    public void After_a_recovery_the_chain_goes_on_where_it_counts()
    {
        var log = SamplePages.Log(_file, 2);
        log.Add(SamplePages.Of(8, confirmed: false));
        log.MakeDurable(isOtherMoved: false);
        LoseMark();
        var found = Reopened();
        found.Recover();

        SamplePages.Commit(found, 1);
        AssertPage(2, found, 2);

        var again = Reopened();
        again.Recover();
        Assert.Equal((3, 0), (again.Frames, again.DroppedFrames));
        AssertPage(2, again, 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void An_acknowledged_frame_that_is_not_whole_is_damage_and_a_torn_end_without_its_mark(int frame)
    {
        var log = SamplePages.Log(_file, 1, 1, 1);
        _file.Write([0x77], LogFile.PositionOf(frame) + 500);

        var damage = Assert.Throws<StoreDamagedException>(() => Reopened().Recover());

        Assert.Contains($"at byte {LogFile.PositionOf(frame)}: of 3 pages", damage.Message, StringComparison.Ordinal);
        Assert.Contains($"the one after {frame} is not whole", damage.Message, StringComparison.Ordinal);
        LoseMark();
        var torn = Reopened();
        torn.Recover();
        Assert.Equal(frame, torn.Durable.Frames);
        Assert.NotEqual(log.Durable, torn.Durable);
    }

    [Fact]
    public void A_file_that_became_shorter_by_a_byte_has_lost_an_acknowledged_page()
    {
        SamplePages.Log(_file, 1, 1);
        _file.SetLength(_file.Length - 1);

        Assert.Throws<StoreDamagedException>(() => Reopened().Recover());
    }

    [Fact]
    public void What_lies_beyond_the_known_end_does_not_count()
    {
        SamplePages.Log(_file, 1, 1);

        var found = Reopened();
        found.Recover(maxFrames: 1);

        Assert.Equal((1, 0), (found.Frames, found.DroppedFrames));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public void The_mark_counts_up_to_the_known_end(int maxFrames, bool counts)
    {
        SamplePages.Log(_file, 1, 1);
        _file.Write([0x77], LogFile.PositionOf(1) + 500);

        var damage = Record.Exception(() => Reopened().Recover(maxFrames));

        Assert.Equal(counts, damage is null);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void So_many_frames_as_are_known_to_have_been_durable_must_be_there(int required, bool there)
    {
        SamplePages.Log(_file, 1, 1);
        LoseMark();

        var damage = Record.Exception(() => Reopened().Recover(required: required));

        Assert.Equal(there, damage is null);
    }

    [Fact]
    public void A_new_filling_is_empty_and_the_mark_of_the_one_before_says_nothing_about_it()
    {
        var log = SamplePages.Log(_file, 2, 2);
        log.Close();
        var mark = new byte[LogHeader.SectorSize];
        _file.Read(mark, LogMark.Offset);
        var before = new FrameChain(12, 34);

        log.Begin(3, before);

        Assert.Equal((3UL, before, 0), (log.Epoch, log.Before, log.Frames));
        Assert.Equal(new FrameChain(0, 3), log.Durable);
        Assert.Equal(new LogMark(3, log.Durable, IsClosed: false, IsOtherMoved: false), log.Mark);
        // A power loss may leave the mark of the filling before.
        _file.Write(mark, LogMark.Offset);
        var found = Reopened();
        found.Recover();
        Assert.Equal((3UL, before, 0), (found.Epoch, found.Before, found.Frames));
        Assert.Equal(1UL, found.Mark.Epoch);
    }

    [Fact]
    public void Pages_that_waited_when_a_filling_began_are_gone_with_the_ones_before()
    {
        var log = SamplePages.Log(_file, 2);
        log.Add(SamplePages.Of(9, confirmed: false));

        log.Begin(2, log.Durable);
        SamplePages.Commit(log, 1);

        Assert.Equal(1, log.Frames);
        AssertPage(0, log, 0);
        Assert.Single(log.Pages.FindNewest());
        var found = Reopened();
        found.Recover();
        Assert.Equal(log.Durable, found.Durable);
    }

    [Fact]
    public void A_header_that_was_torn_leaves_the_filling_before()
    {
        var faults = new Faults();
        var log = SamplePages.Log(new FaultyFile(_file, faults), 2);
        var before = log.Durable;

        faults.FailIn = 0;
        Assert.Throws<IOException>(() => log.Begin(2, new FrameChain(5, 5)));

        var found = Reopened();
        found.Recover();
        Assert.Equal((1UL, before), (found.Epoch, found.Durable));
        Assert.False(found.HasTwoHeaders);
    }

    [Fact]
    public void One_damaged_header_is_made_up_for_by_the_other_and_two_are_refused()
    {
        SamplePages.Log(_file, 1).Begin(2, default);
        for (var slot = 0; slot < 2; slot++)
        {
            var copy = new MemoryFile(_file.Content);
            copy.Write([0x77], LogHeader.PositionOf(slot) + 10);
            var found = new LogFile(copy, "telemetry.log");
            Assert.Equal(2UL, found.Epoch);
            Assert.False(found.HasTwoHeaders);

            found.Settle(cut: false);

            Assert.True(found.HasTwoHeaders);
            Assert.True(new LogFile(copy, "telemetry.log").HasTwoHeaders);
            copy.Write([0x77], LogHeader.PositionOf(slot) + 10);
            found = new LogFile(copy, "telemetry.log");
            found.Begin(3, default);
            Assert.True(found.HasTwoHeaders);
        }

        _file.Write([0x77], LogHeader.PositionOf(0) + 10);
        _file.Write([0x77], LogHeader.PositionOf(1) + 10);
        Assert.Contains(
            "no valid header", Assert.Throws<StoreDamagedException>(Reopened).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_of_another_version_is_refused_as_such()
    {
        _file.SetLength(LogHeader.Size + 1);
        _file.Write("TLMLOG4\0"u8, LogHeader.PositionOf(0));

        Assert.Contains("format 4", Assert.Throws<StoreOpenException>(Reopened).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(LogHeader.Size, true)]
    [InlineData(LogHeader.Size + 1, false)]
    public void A_file_without_a_header_is_new_as_long_as_it_can_hold_no_frame(int length, bool isNew)
    {
        var refusal = Record.Exception(() => new LogFile(new MemoryFile(new byte[length]), "telemetry.log"));

        Assert.Equal(isNew, refusal is null);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void A_mark_of_a_later_filling_than_the_header_is_damage(ulong epoch, bool good)
    {
        SamplePages.Log(_file, 1);
        new LogMark(epoch, default, IsClosed: false, IsOtherMoved: false).Write(_file);

        Assert.Equal(good, Record.Exception(Reopened) is null);
    }

    [Fact]
    public void A_head_is_whole_when_all_its_sectors_are_there()
    {
        Assert.True(SamplePages.Log(_file).IsWholeHead);

        _file.SetLength(LogHeader.Size - 1);

        Assert.False(Reopened().IsWholeHead);
    }

    [Fact]
    public void What_a_refused_commit_left_does_not_count_after_it_was_settled()
    {
        SamplePages.Log(_file, 1, 1);
        var found = Reopened();
        found.Recover(maxFrames: 1, required: 1);

        found.Settle(cut: true);

        var again = Reopened();
        again.Recover();
        Assert.Equal((1, 0), (again.Frames, again.DroppedFrames));
        Assert.Equal(again.Durable, again.Mark.End);
    }

    [Fact]
    public void Settling_writes_no_zeros_past_the_end_nor_without_being_asked_to()
    {
        SamplePages.Log(_file, 1, 1);
        var found = Reopened();
        found.Recover();
        found.Settle(cut: true);
        Assert.Equal(LogFile.PositionOf(2), _file.Length);

        found = Reopened();
        found.Recover(maxFrames: 1, required: 1);
        found.Settle(cut: false);

        found = Reopened();
        found.Recover();
        Assert.Equal(2, found.Frames);
    }

    [Fact]
    public void Settling_keeps_what_the_mark_says_of_the_other_file()
    {
        var log = SamplePages.Log(_file, 1);
        log.Seal(isOtherMoved: true);
        log.Close();
        var found = Reopened();
        found.Recover();

        found.Settle(cut: false);

        Assert.Equal(new LogMark(1, log.Durable, IsClosed: true, IsOtherMoved: true), Reopened().Mark);
    }

    [Fact]
    public void A_commit_takes_along_whether_the_other_file_is_still_needed()
    {
        var log = SamplePages.Log(_file, 1);
        log.Add(SamplePages.Of(1, confirmed: true));

        log.MakeDurable(isOtherMoved: true);

        Assert.Equal(new LogMark(1, log.Durable, IsClosed: false, IsOtherMoved: true), Reopened().Mark);
    }

    [Fact]
    public void Frames_are_synced_before_the_mark_says_so_and_a_commit_costs_one_sync()
    {
        var trace = new WriteTrace();
        var log = SamplePages.Log(new TracedFile(_file, "log", trace), 1);
        var before = trace.Count;

        SamplePages.Commit(log, 2);

        Assert.Equal(
            [$"write {LogFile.PositionOf(1)} {2 * LogFile.FrameSize}", "sync", "write 0 48"], Since(trace, before));
    }

    [Fact]
    public void A_new_header_is_synced_before_its_copy_takes_the_place_of_the_one_before()
    {
        var trace = new WriteTrace();
        var log = SamplePages.Log(new TracedFile(_file, "log", trace), 1);
        var before = trace.Count;

        log.Begin(2, default);
        log.Begin(3, default);

        Assert.Equal(
            ["write 4096 40", "sync", "write 8192 40", "write 0 48", "write 8192 40", "sync", "write 4096 40", "write 0 48"],
            Since(trace, before));
    }

    [Fact]
    public void Settling_and_sealing_are_synced()
    {
        var trace = new WriteTrace();
        var log = SamplePages.Log(new TracedFile(_file, "log", trace), 1);
        var before = trace.Count;

        log.Settle(cut: false);
        log.Seal(isOtherMoved: true);
        log.Sync();
        log.Close();

        Assert.Equal(
            ["write 4096 40", "sync", "write 8192 40", "sync", "write 0 48", "sync", "write 0 48", "sync", "sync", "write 0 48"],
            Since(trace, before));
    }

    [Fact]
    public void A_mark_that_cannot_be_written_costs_no_commit_and_a_frame_that_cannot_does()
    {
        var faults = new Faults();
        var log = SamplePages.Log(new FaultyFile(_file, faults));
        faults.FailIn = 2;
        SamplePages.Commit(log, 1);
        Assert.Equal(1, log.Durable.Frames);

        faults.FailIn = 1;
        Assert.Throws<IOException>(() => SamplePages.Commit(log, 1));
        Assert.Equal(1, log.Durable.Frames);
    }

    [Fact]
    public void A_page_that_changed_under_the_server_is_not_served()
    {
        var log = SamplePages.Log(_file, 2, 1);
        for (var frame = 0; frame < 3; frame++)
        {
            _file.Write([0x77], LogFile.PositionOf(frame) + 8191);
            var damage = Assert.Throws<StoreDamagedException>(() => log.Read(new byte[LogPage.Size], frame, 0));
            Assert.StartsWith($"'telemetry.log' at byte {LogFile.PositionOf(frame)}:", damage.Message, StringComparison.Ordinal);
        }

        _file.SetLength(LogFile.PositionOf(0) + 100);
        Assert.Throws<StoreDamagedException>(() => log.Read(new byte[LogPage.Size], 0, 0));
    }

    private LogFile Reopened() => new(_file, "telemetry.log");

    private void LoseMark() => _file.Write(new byte[LogHeader.SectorSize], LogMark.Offset);

    private static void AssertPage(int number, LogFile log, int frame)
    {
        var page = new byte[LogPage.Size];
        Assert.Equal(LogPage.Size, log.Read(page, frame, 0));
        Assert.Equal(((uint)number, (byte)number), (LogPage.NumberOf(page), page[^1]));
    }

    private static List<string> Since(WriteTrace trace, int before) => [.. trace.All.Skip(before).Select(operation => operation switch
    {
        WriteTrace.Write write => $"write {write.Offset} {write.Bytes.Length}",
        WriteTrace.Sync => "sync",
        _ => operation.ToString(),
    })];
}
