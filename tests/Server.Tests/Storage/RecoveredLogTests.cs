using Telemetry.Server.Model;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>The two log files together, as crashes, failed commits and damage leave them.</summary>
public sealed class RecoveredLogTests
{
    private readonly MemoryFile _first = new([]);
    private readonly MemoryFile _second = new([]);

    [Fact]
    public void Two_empty_files_become_a_log_of_the_first_filling()
    {
        var log = Recover(hasData: false);
        Assert.True(log.IsNew);
        Assert.False(log.IsOtherNeeded);

        log.Settle();

        Assert.Equal((1UL, "telemetry.log"), (log.Current.Epoch, log.Current.Name));
        Assert.True(log.IsNew);
        Assert.Equal(1UL, Recover(hasData: false).Current.Epoch);
    }

    [Fact]
    public void Two_empty_files_beside_data_are_refused() =>
        Assert.Contains("never begun", Refused(hasData: true), StringComparison.Ordinal);

    [Fact]
    public void A_log_is_new_until_something_was_committed()
    {
        var log = SamplePages.Log(_first);
        Assert.True(Recover(hasData: false).IsNew);

        SamplePages.Commit(log, 1);
        Assert.False(Recover(hasData: true).IsNew);

        ChangeOver();
        Assert.False(Recover(hasData: true).IsNew);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_later_filling_is_written_and_the_one_before_is_needed_until_it_was_moved(bool moved)
    {
        SamplePages.Log(_first, 2, 1);
        var (current, other) = ChangeOver();
        SamplePages.Commit(current, 4);
        current.Seal(moved);

        var log = Recover();

        Assert.Equal(("telemetry.2.log", 2UL, 4), (log.Current.Name, log.Current.Epoch, log.Current.Frames));
        Assert.Equal(("telemetry.log", 1UL), (log.Other.Name, log.Other.Epoch));
        Assert.Equal(!moved, log.IsOtherNeeded);
        Assert.Equal(moved ? 0 : other.Frames, log.Other.Frames);
    }

    [Fact]
    public void A_mark_of_an_earlier_filling_does_not_say_that_the_other_was_moved()
    {
        var log = SamplePages.Log(_second);
        log.Seal(isOtherMoved: true);
        var mark = new byte[LogHeader.SectorSize];
        _second.Read(mark, LogMark.Offset);
        log.Begin(3, new FrameChain(0, 0));
        SamplePages.Commit(log, 1);
        var next = new LogFile(_first, "telemetry.log");
        next.Begin(4, log.Durable);
        log.Close();
        _first.Write(mark, LogMark.Offset);

        Assert.True(Recover().IsOtherNeeded);
    }

    [Fact]
    public void A_filling_that_was_begun_and_is_gone_is_missed()
    {
        SamplePages.Log(_first, 2);
        ChangeOver();
        _second.SetLength(0);

        Assert.Contains("the one after 'telemetry.log' is missing", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_filling_whose_beginning_was_cut_short_is_begun_again()
    {
        var log = SamplePages.Log(_first, 2);
        new LogHeader(2, log.Durable).Write(_second, 1);

        var recovered = Recover();

        Assert.Equal((2UL, 0, true), (recovered.Current.Epoch, recovered.Current.Frames, recovered.IsOtherNeeded));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void The_first_file_cannot_have_become_shorter_than_its_head_once_there_is_data(bool hasData, bool refused)
    {
        SamplePages.Log(_first);
        _first.SetLength(LogHeader.Size - 1);

        Assert.Equal(refused, Record.Exception(() => Recover(hasData)) is StoreDamagedException);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void A_later_file_cannot_have_become_shorter_than_its_head_once_the_one_before_was_closed(bool closed, bool refused)
    {
        SamplePages.Log(_first, 1);
        var (_, other) = ChangeOver();
        if (!closed)
        {
            other.Seal(isOtherMoved: false);
        }

        _second.SetLength(LogHeader.Size - 1);

        var damage = Record.Exception(() => Recover());
        Assert.Equal(refused, damage?.Message.Contains("the file has become shorter", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void A_closed_mark_of_long_ago_does_not_make_a_short_head_damage()
    {
        SamplePages.Log(_first, 1);
        ChangeOver();
        new LogMark(1, default, IsClosed: true, IsOtherMoved: false).Write(_first);
        var third = new LogFile(_first, "telemetry.log");
        third.Begin(3, new FrameChain(0, 0));
        new LogMark(1, default, IsClosed: true, IsOtherMoved: false).Write(_second);
        _first.SetLength(LogHeader.Size - 1);

        Assert.Equal(3UL, Recover().Current.Epoch);
    }

    [Fact]
    public void Files_of_two_stores_are_refused()
    {
        var log = SamplePages.Log(_first, 2);
        var stranger = new LogFile(_second, "telemetry.2.log");
        stranger.Begin(3, log.Durable);

        Assert.Contains("'telemetry.log' at byte 0: the two log files do not belong together", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_filling_that_ends_elsewhere_than_the_next_one_says_is_refused()
    {
        var log = SamplePages.Log(_first, 2);
        var stranger = new LogFile(_second, "telemetry.2.log");
        stranger.Begin(2, log.Durable with { Checksum = log.Durable.Checksum ^ 1 });

        Assert.Contains("do not belong together", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damage_in_the_filling_before_counts_while_that_is_needed(bool moved)
    {
        SamplePages.Log(_first, 2, 1);
        var (current, _) = ChangeOver();
        current.Seal(moved);
        _first.Write([0x77], LogFile.PositionOf(1) + 100);

        Assert.Equal(moved, Record.Exception(() => Recover()) is null);
    }

    [Fact]
    public void A_refused_commit_is_cut_off_and_does_not_come_back()
    {
        SamplePages.Log(_first, 1, 2);

        var log = Recover(knownEnd: new LogEnd(1, 1));
        Assert.Equal(1, log.Current.Frames);
        log.Settle();

        var again = Recover();
        Assert.Equal((1, 0), (again.Current.Frames, again.Current.DroppedFrames));
    }

    [Fact]
    public void An_acknowledged_commit_that_is_gone_after_a_failure_is_damage()
    {
        SamplePages.Log(_first, 1);

        Assert.Throws<StoreDamagedException>(() => Recover(knownEnd: new LogEnd(1, 2)));
    }

    [Fact]
    public void The_known_end_of_another_filling_bounds_nothing()
    {
        SamplePages.Log(_first, 1);
        var (current, _) = ChangeOver();
        SamplePages.Commit(current, 3);

        Assert.Equal(3, Recover(knownEnd: new LogEnd(1, 1)).Current.Frames);
    }

    [Fact]
    public void Settling_writes_only_what_is_not_there_yet()
    {
        SamplePages.Log(_first, 2);
        Assert.Empty(WritesOfSettling());
        Assert.NotEmpty(WritesOfSettling(new LogEnd(1, 2)));

        new LogMark(1, new FrameChain(0, 1), IsClosed: false, IsOtherMoved: false).Write(_first);
        Assert.NotEmpty(WritesOfSettling());
        Assert.Empty(WritesOfSettling());

        _first.Write(new byte[LogHeader.SectorSize], LogMark.Offset);
        Assert.NotEmpty(WritesOfSettling());

        _first.Write([0x77], LogHeader.PositionOf(0));
        Assert.NotEmpty(WritesOfSettling());
        Assert.Empty(WritesOfSettling());
    }

    private List<WriteTrace.Operation> WritesOfSettling(LogEnd? knownEnd = null)
    {
        var trace = new WriteTrace();
        var log = new RecoveredLog(new TracedFile(_first, "1", trace), new TracedFile(_second, "2", trace), hasData: true, knownEnd);
        log.Settle();
        return [.. trace.All.Where(operation => operation is not WriteTrace.Opened)];
    }

    /// <summary>As a checkpoint does it, from the first file to the second.</summary>
    private (LogFile Current, LogFile Other) ChangeOver()
    {
        var other = new LogFile(_first, "telemetry.log");
        other.Recover();
        var current = new LogFile(_second, "telemetry.2.log");
        current.Begin(2, other.Durable);
        other.Close();
        return (current, other);
    }

    private RecoveredLog Recover(bool hasData = true, LogEnd? knownEnd = null) => new(_first, _second, hasData, knownEnd);

    private string Refused(bool hasData = true) => Assert.Throws<StoreDamagedException>(() => Recover(hasData)).Message;
}
