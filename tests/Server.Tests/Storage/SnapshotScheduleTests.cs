using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>Which slots of the state are due, and from where a start replays.</summary>
public sealed class SnapshotScheduleTests
{
    /// <summary>Slots of 8 rows; a rotation takes 40 reports at least.</summary>
    private readonly SnapshotSchedule _schedule = new(slotSize: 8, minimumRotation: 40);

    [Fact]
    public void Without_slots_nothing_is_due_and_nothing_is_replayed()
    {
        _schedule.Committed(1_000);

        Assert.Empty(_schedule.Due());
        Assert.Equal(7, _schedule.ReplayFrom(7));
    }

    [Fact]
    public void A_slot_is_due_after_its_part_of_the_shortest_rotation()
    {
        _schedule.Grow(2, 0);
        _schedule.Committed(19);
        Assert.Empty(_schedule.Due());

        _schedule.Committed(1);
        Assert.Equal([0], _schedule.Due());
        // It stays due until it is written.
        _schedule.Committed(19);
        Assert.Equal([0], _schedule.Due());
        _schedule.Committed(1);
        Assert.Equal([0, 1], _schedule.Due());
    }

    [Fact]
    public void With_many_slots_a_rotation_takes_as_many_reports_as_there_are_installations()
    {
        _schedule.Grow(10, 0);
        _schedule.Committed(7);
        Assert.Empty(_schedule.Due());

        _schedule.Committed(1);

        Assert.Equal([0], _schedule.Due());
    }

    [Fact]
    public void Slots_take_turns_and_none_is_due_twice()
    {
        _schedule.Grow(3, 0);
        _schedule.Committed(1_000);
        Assert.Equal([0, 1, 2], _schedule.Due());

        _schedule.Wrote([0], 1_000);
        Assert.Equal([1, 2, 0], _schedule.Due());
        _schedule.Wrote([1, 2], 1_000);
        Assert.Equal([0, 1, 2], _schedule.Due());
    }

    [Fact]
    public void Writing_a_slot_uses_up_what_made_it_due_and_no_more_than_there_is()
    {
        _schedule.Grow(2, 0);
        _schedule.Committed(45);
        _schedule.Wrote([0], 45);
        Assert.Equal([1], _schedule.Due());

        _schedule.Wrote([1, 0], 45);
        _schedule.Committed(19);
        Assert.Empty(_schedule.Due());
        _schedule.Committed(1);
        Assert.Equal([1], _schedule.Due());
    }

    [Fact]
    public void A_start_replays_what_the_most_outdated_slot_lacks()
    {
        _schedule.Grow(2, 5);
        _schedule.Grow(1, 90);
        Assert.Equal(5, _schedule.ReplayFrom(100));

        _schedule.Wrote([0], 20);
        Assert.Equal(5, _schedule.ReplayFrom(100));
        _schedule.Wrote([1], 30);
        _schedule.Grow(3, 25);

        Assert.Equal(20, _schedule.ReplayFrom(100));
    }

    [Fact]
    public void What_writing_some_slots_is_worth_depends_on_the_others()
    {
        _schedule.Grow(3, 5);
        _schedule.Wrote([1], 20);

        Assert.Equal(30, _schedule.ReplayFromOnceWritten([0, 1, 2], 30));
        Assert.Equal(20, _schedule.ReplayFromOnceWritten([0, 2], 30));
        Assert.Equal(5, _schedule.ReplayFromOnceWritten([0], 30));
        Assert.Equal(12, _schedule.ReplayFromOnceWritten([0, 2], 12));
    }

    [Fact]
    public void Only_slots_that_changed_since_are_stale_and_the_most_outdated_comes_first()
    {
        _schedule.Grow(3, 10);
        _schedule.Wrote([2], 9);
        var newest = new long[] { 11, 10, 10 };

        Assert.Equal([2, 0], _schedule.Stale(30, slot => newest[slot]));

        // The one that did not change is complete as it is.
        Assert.Equal(30, _schedule.ReplayFromOnceWritten([0, 2], 30));
        Assert.Equal(9, _schedule.ReplayFrom(30));
    }
}
