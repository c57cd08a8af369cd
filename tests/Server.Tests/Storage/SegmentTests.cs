using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;
using Telemetry.Server.Storage.LiteDb.Segments;

namespace Telemetry.Server.Tests.Storage;

/// <summary>Events of days that are over move into files of their own, and whole days are dropped.</summary>
public sealed class SegmentTests
{
    private static readonly DateTimeOffset Start = TemporaryStore.NoLimit.Now;

    [Fact]
    public async Task Days_that_are_over_move_into_a_file_each_and_are_read_as_before()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        CommitDays(store, new RandomReports(new Random(1)), days: 5, perDay: 300);
        var before = await ReadKeptAsync(store);

        await temporary.MoveAllAsync(Start.AddDays(4));

        Assert.Equal(4, temporary.SegmentFiles.Length);
        Assert.Equal(before, await ReadKeptAsync(store));
        Assert.Equal(before, await ReadKeptAsync(await temporary.ReopenAsync()));
        Assert.Equal(900, temporary.Store.LastNumberBefore(Start.AddDays(3).Date()));
        Assert.False(await temporary.Store.MoveStepAsync(Start.AddDays(4), CancellationToken.None));
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    [InlineData(24)]
    public async Task Whatever_is_moved_dropped_and_opened_anew_the_kept_events_are_what_was_committed(int seed)
    {
        var random = new Random(seed);
        var reports = new RandomReports(random);
        // Small, so that a day has several.
        await using var temporary = new TemporaryStore { SegmentBytes = 20_000, EventsInDatabase = 150 };
        temporary.Open();
        var (now, committed, dropped) = (Start, new List<Guid>(), 0L);
        for (var step = 0; step < 150; step++)
        {
            now += TimeSpan.FromHours(random.Next(0, 12));
            switch (random.Next(10))
            {
                case < 6:
                    var batch = Enumerable.Range(0, random.Next(1, 60)).Select(_ => reports.Next(random.Next(40))).ToList();
                    temporary.Store.Commit(batch, new CommitRules(now, TimeSpan.Zero));
                    committed.AddRange(batch.Select(report => report.ReportId));
                    break;
                case < 8:
                    for (var steps = random.Next(6); steps > 0 && await temporary.Store.MoveStepAsync(now, CancellationToken.None); steps--)
                    {
                    }

                    break;
                case 8:
                    var through = random.Next(2) == 0
                        ? temporary.Store.LastNumberBefore(now.AddDays(-3))
                        : random.NextInt64(Math.Max(1, committed.Count - 400), committed.Count + 1);
                    await temporary.Store.DropThroughAsync(through, CancellationToken.None);
                    dropped = Math.Max(dropped, Math.Min(through, committed.Count));
                    break;
                default:
                    await temporary.ReopenAsync();
                    break;
            }

            Assert.Equal(committed.Count, temporary.Store.Current.Number);
            Assert.Equal(committed.Count == 0 ? 0 : dropped + 1, temporary.Store.OldestNumber);
            if (step % 5 == 0)
            {
                Assert.Equal(committed.Skip((int)dropped), (await ReadKeptAsync(temporary.Store)).Select(kept => kept.Id));
            }
        }

        await temporary.MoveAllAsync(now);
        Assert.NotEmpty(temporary.SegmentFiles);
        Assert.Equal(committed.Skip((int)dropped), (await ReadKeptAsync(temporary.Store)).Select(kept => kept.Id));
        await temporary.Store.DisposeAsync();
        Assert.Empty(StoreVerification.Run(temporary.Options()));
    }

    [Fact]
    public async Task History_and_repetitions_are_found_in_segments()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var reports = new RandomReports(new Random(2));
        var mine = Enumerable.Range(0, 6).Select(_ => reports.Next(7)).ToList();
        for (var day = 0; day < mine.Count; day++)
        {
            store.Commit([mine[day], reports.Next(100 + day)], new CommitRules(Start.AddDays(day), TimeSpan.Zero));
        }

        await temporary.MoveAllAsync(Start.AddDays(6));

        var history = await store.ReadHistoryAsync(mine[0].Instance, mine[0].App, long.MaxValue, 10, CancellationToken.None);
        Assert.Equal(mine.Select(report => report.ReportId).Reverse(), history.Select(stored => stored.ReportId));
        var outcome = store.Commit([mine[^1]], new CommitRules(Start.AddDays(6), TimeSpan.Zero))[0];
        Assert.Equal(CommitDecision.LooksRepeated, outcome.Decision);
        Assert.Equal(11, (await store.FindRepeatedAsync(mine[^1], outcome.Position, CancellationToken.None))!.Value.Position.Number);
    }

    [Fact]
    public async Task Dropping_gives_space_back_and_the_database_uses_its_own_again()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var reports = new RandomReports(new Random(3));
        var sizes = new List<long>();
        for (var day = 0; day < 40; day++)
        {
            store.Commit([.. Enumerable.Range(0, 400).Select(reports.Next)], new CommitRules(Start.AddDays(day), TimeSpan.Zero));
            await temporary.MoveAllAsync(Start.AddDays(day));
            await store.DropThroughAsync(store.LastNumberBefore(Start.AddDays(day - 5).Date()), CancellationToken.None);
            Assert.InRange(temporary.SegmentFiles.Length, 0, 6);
            sizes.Add(Directory.GetFiles(temporary.Directory, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length));
        }

        Assert.InRange(sizes[^1], 1, sizes[12] * 11 / 10);
        Assert.Equal((34 * 400) + 1, store.OldestNumber);
    }

    [Fact]
    public async Task When_nothing_is_kept_any_more_numbers_and_states_go_on()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var reports = new RandomReports(new Random(4));
        CommitDays(store, reports, days: 3, perDay: 20);
        await temporary.MoveAllAsync(Start.AddDays(3));
        var (position, states) = (store.Current, store.InstanceTexts());

        await store.DropThroughAsync(store.LastNumberBefore(Start.AddDays(3).Date()), CancellationToken.None);

        for (var run = 0; run < 2; run++)
        {
            Assert.Equal((60, 61), (store.Current.Number, store.OldestNumber));
            Assert.True(store.Reached(position));
            Assert.Empty(await store.ReadAfterAsync(0, 100, CancellationToken.None));
            Assert.Equal(states, store.InstanceTexts());
            Assert.Empty(temporary.SegmentFiles);
            store = await temporary.ReopenAsync();
        }

        store.Commit([reports.Next(0)], new CommitRules(Start.AddDays(3), TimeSpan.Zero));
        Assert.Equal(61, (await ReadKeptAsync(store)).Single().Number);
    }

    [Fact]
    public async Task Too_many_for_the_database_move_before_their_day_is_over_and_in_full_files()
    {
        await using var temporary = new TemporaryStore { SegmentBytes = 50_000, EventsInDatabase = 500 };
        var store = temporary.Open();
        var reports = new RandomReports(new Random(5));
        for (var i = 0; i < 10; i++)
        {
            store.Commit([.. Enumerable.Range(i * 200, 200).Select(reports.Next)], TemporaryStore.NoLimit);
            await temporary.MoveAllAsync(Start);
        }

        Assert.All(temporary.SegmentFiles, path => Assert.InRange(new FileInfo(path).Length, 50_000, 200_000));
        var inSegments = store.LastNumberBefore(Start.AddDays(1));
        Assert.InRange(inSegments, 1_000, 1_500);
        Assert.Equal(2_000, (await ReadKeptAsync(store)).Count);
    }

    [Fact]
    public async Task What_a_wrong_clock_dated_ahead_is_kept_from_the_day_it_moves_and_holds_nothing_up()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var reports = new RandomReports(new Random(6));
        foreach (var days in new[] { 0, 1, 4_000, 2, 3, -500, 4 })
        {
            store.Commit([reports.Next(days + 600)], new CommitRules(Start.AddDays(days), TimeSpan.Zero));
        }

        await temporary.MoveAllAsync(Start.AddDays(5));
        Assert.Equal(1, store.LastNumberBefore(Start.AddDays(1).Date()));
        Assert.Equal(1, store.LastNumberBefore(Start.AddDays(5).Date()));
        Assert.Equal(3, store.LastNumberBefore(Start.AddDays(6).Date()));
        await temporary.MoveAllAsync(Start.AddDays(6));
        Assert.Equal(7, store.LastNumberBefore(Start.AddDays(6).Date()));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    public async Task A_power_loss_at_any_moment_loses_nothing_acknowledged_and_brings_nothing_dropped_back(int seed)
    {
        var trace = new WriteTrace();
        await using var temporary = new TemporaryStore
        {
            OpenFile = path => new TracedFile(new DiskFile(path), path, trace),
            DeleteFile = trace.Delete,
            SegmentBytes = 30_000,
            CheckpointPages = 60,
        };
        var store = temporary.Open();
        var random = new Random(seed);
        var reports = new RandomReports(random);
        var ids = new List<Guid>();
        var acknowledged = new List<(int At, int Events)>();
        var drops = new List<(int Begun, int Done, long Through)>();
        for (var day = 0; day < 12; day++)
        {
            var now = Start.AddDays(day);
            for (var commits = random.Next(1, 5); commits > 0; commits--)
            {
                var batch = Enumerable.Range(0, random.Next(1, 60)).Select(i => reports.Next((1_000 * day) + i)).ToList();
                store.Commit(batch, new CommitRules(now, TimeSpan.Zero));
                ids.AddRange(batch.Select(report => report.ReportId));
                acknowledged.Add((trace.Count, ids.Count));
            }

            await temporary.MoveAllAsync(now);
            var begun = trace.Count;
            var through = store.LastNumberBefore(now.AddDays(-4));
            await store.DropThroughAsync(through, CancellationToken.None);
            drops.Add((begun, trace.Count, through));
        }

        for (var image = 0; image < 60; image++)
        {
            var lossAt = random.Next(acknowledged[0].At, trace.Count + 1);
            await using var survivor = new TemporaryStore();
            trace.WriteImage(survivor.Directory, lossAt, random);

            var recovered = survivor.Open();

            var kept = await ReadKeptAsync(recovered);
            var dropped = recovered.OldestNumber - 1;
            Assert.InRange(dropped, drops.Where(drop => drop.Done <= lossAt).Select(drop => drop.Through).Append(0).Max(),
                drops.Where(drop => drop.Begun <= lossAt).Select(drop => drop.Through).Append(0).Max());
            Assert.True(recovered.Current.Number >= acknowledged.Where(pair => pair.At <= lossAt).Max(pair => pair.Events));
            Assert.Equal(ids.Take((int)recovered.Current.Number).Skip((int)dropped), kept.Select(stored => stored.Id));
            // It goes on where it was.
            await survivor.MoveAllAsync(Start.AddDays(20));
            Assert.Equal(kept, await ReadKeptAsync(recovered));
            await recovered.DisposeAsync();
            Assert.Empty(StoreVerification.Run(survivor.Options()));
        }
    }

    [Fact]
    public async Task A_disk_that_fails_at_any_write_of_moving_and_dropping_loses_nothing_and_the_next_try_goes_on()
    {
        var faults = new Faults();
        for (var failIn = 0; failIn < 40; failIn++)
        {
            await using var temporary = new TemporaryStore
            {
                OpenFile = path => new FaultyFile(new DiskFile(path), faults),
                DeleteFile = path =>
                {
                    faults.Operation();
                    File.Delete(path);
                },
                SegmentBytes = 30_000,
            };
            var store = temporary.Open();
            CommitDays(store, new RandomReports(new Random(failIn)), days: 4, perDay: 100);
            var before = await ReadKeptAsync(store);

            faults.FailIn = failIn;
            try
            {
                await temporary.MoveAllAsync(Start.AddDays(4));
                await store.DropThroughAsync(200, CancellationToken.None);
            }
            catch (Exception e) when (e is StoreUnavailableException or IOException)
            {
                // Tried again.
            }

            faults.FailIn = int.MaxValue;
            temporary.Time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(before.Where(kept => kept.Number >= store.OldestNumber), await ReadKeptAsync(store));
            await temporary.MoveAllAsync(Start.AddDays(4));
            await store.DropThroughAsync(200, CancellationToken.None);
            Assert.Equal(before.Skip(200), await ReadKeptAsync(store));
            store = await temporary.ReopenAsync();
            Assert.Equal(before.Skip(200), await ReadKeptAsync(store));
            Assert.Equal(200, store.LastNumberBefore(Start.AddDays(9)) - 200);
        }
    }

    [Fact]
    public async Task A_full_disk_keeps_events_where_they_are_and_all_goes_on_once_there_is_space()
    {
        var space = new DiskSpace();
        await using var temporary = new TemporaryStore { OpenFile = path => new FullDisk(new DiskFile(path), space) };
        var store = temporary.Open();
        CommitDays(store, new RandomReports(new Random(8)), days: 3, perDay: 100);
        await temporary.MoveAllAsync(Start.AddDays(2));
        var before = await ReadKeptAsync(store);

        space.IsFull = true;
        await Assert.ThrowsAsync<IOException>(() => temporary.MoveAllAsync(Start.AddDays(3)));

        Assert.Null(store.Failure);
        Assert.Equal(2, temporary.SegmentFiles.Length);
        Assert.Equal(before, await ReadKeptAsync(store));
        space.IsFull = false;
        await store.DropThroughAsync(100, CancellationToken.None);
        await temporary.MoveAllAsync(Start.AddDays(3));
        Assert.Equal(2, temporary.SegmentFiles.Length);
        Assert.Equal(before.Skip(100), await ReadKeptAsync(store));
    }

    [Fact]
    public async Task Readers_in_the_middle_never_take_what_is_moved_or_dropped_for_damage()
    {
        await using var temporary = new TemporaryStore { SegmentBytes = 20_000 };
        var store = temporary.Open();
        CommitDays(store, new RandomReports(new Random(9)), days: 30, perDay: 60);
        using var end = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(reader => Task.Run(async () =>
        {
            var random = new Random(reader);
            while (!end.IsCancellationRequested)
            {
                var number = random.NextInt64(0, 1_800);
                var page = await store.ReadAfterAsync(number, 100, CancellationToken.None);
                Assert.Equal(Enumerable.Range(0, page.Count).Select(i => page[0].Position.Number + i), page.Select(stored => stored.Position.Number));
                await store.FindReportAsync(number, CancellationToken.None);
            }
        })).ToList();

        for (var day = 1; day <= 30; day++)
        {
            await temporary.MoveAllAsync(Start.AddDays(day));
            await store.DropThroughAsync(store.LastNumberBefore(Start.AddDays(day - 4)), CancellationToken.None);
        }

        await end.CancelAsync();
        await Task.WhenAll(readers).WaitAsync(Patience.Limit);
        Assert.Null(store.Damage);
    }

    [Fact]
    public async Task A_changed_bit_anywhere_in_a_segment_is_found_and_a_salvage_keeps_all_but_its_chunk()
    {
        await using var written = new TemporaryStore();
        CommitDays(written.Open(), new RandomReports(new Random(10)), days: 4, perDay: 300);
        await written.MoveAllAsync(Start.AddDays(4));
        var acknowledged = await ReadKeptAsync(written.Store);
        await written.Store.DisposeAsync();
        var random = new Random(11);
        for (var trial = 0; trial < 40; trial++)
        {
            await using var temporary = new TemporaryStore();
            written.CopyFilesTo(temporary);
            var path = temporary.SegmentFiles[random.Next(4)];
            var content = await File.ReadAllBytesAsync(path);
            await File.WriteAllBytesAsync(
                path, trial % 3 == 0 ? DamagedBytes.Truncate(content, random) : DamagedBytes.FlipBit(content, random));

            var finding = Assert.Single(StoreVerification.Run(temporary.Options()).Take(1));
            Assert.Contains(Path.GetFileName(path), finding, StringComparison.Ordinal);
            await AssertNothingWrongIsServedAsync(temporary, acknowledged);
            var words = StoreSalvage.Run(temporary.Options(), Start);

            Assert.Empty(StoreVerification.Run(temporary.Options()));
            var store = temporary.Open();
            var kept = await ReadKeptAsync(store);
            Assert.Equal(1_200, store.Current.Number);
            Assert.Equal(acknowledged.Where(stored => store.GapThrough(stored.Number) is null), kept);
            Assert.InRange(kept.Count, trial % 3 == 0 ? 900 : 1_200 - EventChunk.MaxEvents, 1_200);
            Assert.True(File.Exists(Path.Combine(Directory.GetDirectories(temporary.Directory, "damaged-*").Single(), Segment.Directory, Path.GetFileName(path))));
            Assert.Equal(kept.Count < 1_200, words.Any(line => line.StartsWith("Gone: reports", StringComparison.Ordinal)));
            // What was proven of it moves out again, in its place.
            await temporary.MoveAllAsync(Start.AddDays(4));
            Assert.Equal(kept, await ReadKeptAsync(store));
            Assert.Equal(kept, await ReadKeptAsync(await temporary.ReopenAsync()));
        }
    }

    [Fact]
    public async Task A_missing_segment_is_refused_and_named_and_a_salvage_makes_a_gap_of_it()
    {
        await using var temporary = new TemporaryStore();
        CommitDays(temporary.Open(), new RandomReports(new Random(12)), days: 3, perDay: 50);
        await temporary.MoveAllAsync(Start.AddDays(3));
        await temporary.Store.DisposeAsync();
        var missing = temporary.SegmentFiles[1];
        File.Delete(missing);

        var refusal = Assert.Throws<StoreOpenException>(() => temporary.Open());
        Assert.Contains(Path.GetFileName(missing), refusal.Message, StringComparison.Ordinal);
        Assert.NotEmpty(StoreVerification.Run(temporary.Options()));
        var words = StoreSalvage.Run(temporary.Options(), Start);

        Assert.Contains(words, line => line.StartsWith("Gone: reports 51 to 100", StringComparison.Ordinal));
        var store = temporary.Open();
        Assert.Equal(100, store.GapThrough(51));
        Assert.Equal(100, (await ReadKeptAsync(store)).Count);
        Assert.Equal(150, store.Current.Number);
    }

    [Fact]
    public async Task A_database_that_is_lost_leaves_the_segments_to_a_salvage()
    {
        await using var temporary = new TemporaryStore();
        CommitDays(temporary.Open(), new RandomReports(new Random(13)), days: 3, perDay: 50);
        await temporary.MoveAllAsync(Start.AddDays(3));
        var acknowledged = await ReadKeptAsync(temporary.Store);
        await temporary.Store.DisposeAsync();
        var data = Path.Combine(temporary.Directory, StoreFiles.Data);
        await File.WriteAllBytesAsync(data, new byte[new FileInfo(data).Length]);

        StoreSalvage.Run(temporary.Options(), Start);

        Assert.Equal(acknowledged, await ReadKeptAsync(temporary.Open()));
    }

    [Fact]
    public async Task Segments_without_their_database_or_of_a_later_backup_are_refused_and_stay()
    {
        await using var early = new TemporaryStore();
        await using var temporary = new TemporaryStore();
        var reports = new RandomReports(new Random(14));
        CommitDays(temporary.Open(), reports, days: 1, perDay: 50);
        await temporary.Store.DisposeAsync();
        temporary.CopyFilesTo(early);
        CommitDays(temporary.Open(), reports, days: 3, perDay: 50);
        await temporary.MoveAllAsync(Start.AddDays(3));
        await temporary.Store.DisposeAsync();
        foreach (var path in temporary.SegmentFiles)
        {
            File.Copy(path, Path.Combine(early.Directory, Segment.Directory, Path.GetFileName(path)));
        }

        Assert.Throws<StoreOpenException>(() => early.Open());
        Array.ForEach(StoreFiles.All, name => File.Delete(Path.Combine(early.Directory, name)));
        Assert.Throws<StoreOpenException>(() => early.Open());

        Assert.Equal(temporary.SegmentFiles.Length, early.SegmentFiles.Length);
    }

    [Fact]
    public async Task What_was_dropped_does_not_come_back_with_a_salvage()
    {
        await using var temporary = new TemporaryStore();
        CommitDays(temporary.Open(), new RandomReports(new Random(15)), days: 4, perDay: 50);
        await temporary.MoveAllAsync(Start.AddDays(2));
        var left = temporary.SegmentFiles[0];
        var content = await File.ReadAllBytesAsync(left);
        await temporary.Store.DropThroughAsync(120, CancellationToken.None);
        await temporary.Store.DisposeAsync();
        // As a crash right after the commit leaves it.
        await File.WriteAllBytesAsync(left, content);

        StoreSalvage.Run(temporary.Options(), Start);

        var store = temporary.Open();
        Assert.Equal(121, store.OldestNumber);
        Assert.Equal(80, (await ReadKeptAsync(store)).Count);
        Assert.Empty(temporary.SegmentFiles);
    }

    [Fact]
    public async Task Silent_installations_are_forgotten_for_good_and_come_back_as_new_ones()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var reports = new RandomReports(new Random(16));
        store.Commit([.. Enumerable.Range(0, 50).Select(reports.Next)], new CommitRules(Start, TimeSpan.Zero));
        store.Commit([.. Enumerable.Range(20, 10).Select(reports.Next)], new CommitRules(Start.AddDays(50), TimeSpan.Zero));
        var silent = reports.Next(3).Instance;
        await temporary.MoveAllAsync(Start.AddDays(60));

        // Reports of them are still kept.
        Assert.Equal(0, await store.ForgetSilentAsync(Start.AddDays(40), CancellationToken.None));
        await store.DropThroughAsync(50, CancellationToken.None);
        Assert.Equal(40, await store.ForgetSilentAsync(Start.AddDays(40), CancellationToken.None));

        await using var killed = new TemporaryStore();
        temporary.CopyFilesTo(killed);
        foreach (var after in new[] { store, killed.Open(), await temporary.ReopenAsync() })
        {
            Assert.Equal(10, after.InstanceCount);
            Assert.Null(after.FindInstance(silent, SampleReports.App));
            Assert.Equal(10, after.ReadInstances().Count());
            Assert.InRange(after.RefusedClaims.Values.Sum(), 0, 10);
        }

        store = temporary.Store;
        store.Commit([.. Enumerable.Range(0, 5).Select(reports.Next)], new CommitRules(Start.AddDays(61), TimeSpan.Zero));
        Assert.Equal((15, 1), (store.InstanceCount, store.FindInstance(silent, SampleReports.App)!.ReportCount));
        var texts = store.InstanceTexts();
        Assert.Equal(texts.Order(StringComparer.Ordinal), (await temporary.ReopenAsync()).InstanceTexts().Order(StringComparer.Ordinal));
        await using var again = new TemporaryStore();
        temporary.CopyFilesTo(again);
        Assert.Equal(texts.Order(StringComparer.Ordinal), again.Open().InstanceTexts().Order(StringComparer.Ordinal));
    }

    private static void CommitDays(LiteDbTelemetryStore store, RandomReports reports, int days, int perDay)
    {
        for (var day = 0; day < days; day++)
        {
            for (var half = 0; half < 2; half++)
            {
                store.Commit(
                    [.. Enumerable.Range(0, perDay / 2).Select(i => reports.Next((half * perDay / 2) + i))],
                    new CommitRules(Start.AddDays(day).AddHours(half), TimeSpan.Zero));
            }
        }
    }

    private static async Task<List<(long Number, Guid Id)>> ReadKeptAsync(LiteDbTelemetryStore store)
    {
        var events = new List<(long, Guid)>();
        for (var number = Math.Max(0, store.OldestNumber - 1); number < store.Current.Number;)
        {
            var page = await store.ReadAfterAsync(number, 100, CancellationToken.None);
            events.AddRange(page.Select(stored => (stored.Position.Number, stored.ReportId)));
            number = page.Count > 0 ? page[^1].Position.Number : store.GapThrough(number + 1) ?? number + 100;
        }

        return events;
    }

    private static async Task AssertNothingWrongIsServedAsync(TemporaryStore temporary, List<(long Number, Guid Id)> acknowledged)
    {
        try
        {
            Assert.Equal(acknowledged, await ReadKeptAsync(temporary.Open()));
        }
        catch (Exception e) when (e is StoreOpenException or StoreDamagedException)
        {
            // Refused.
        }

        if (temporary.Store is not null)
        {
            await temporary.Store.DisposeAsync();
        }
    }
}

internal static class Moments
{
    /// <summary>The first moment of its day.</summary>
    public static DateTimeOffset Date(this DateTimeOffset moment) => new(moment.UtcDateTime.Date, TimeSpan.Zero);
}
