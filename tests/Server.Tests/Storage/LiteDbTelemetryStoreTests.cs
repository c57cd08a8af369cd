using Telemetry.Server.Model;
using Telemetry.Schema;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

public sealed class LiteDbTelemetryStoreTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Random_operations_give_what_the_model_says_across_restarts(int seed)
    {
        var random = new Random(seed);
        var reports = new RandomReports(random);
        var model = new StoreModel();
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var recent = new List<Report>();
        var epoch = store.Current.Epoch;
        var now = TemporaryStore.NoLimit.Now;
        for (var step = 0; step < 60; step++)
        {
            now += TimeSpan.FromMinutes(random.Next(0, 200)) + TimeSpan.FromMilliseconds(random.Next(1000));
            now += random.Next(20) == 0 ? TimeSpan.FromDays(40) : TimeSpan.Zero;
            var batch = Enumerable.Range(0, random.Next(1, 40)).Select(_ =>
                recent.Count > 0 && random.Next(5) == 0
                    ? recent[random.Next(Math.Max(0, recent.Count - 60), recent.Count)]
                    : Owned(reports, random)).ToList();
            recent.AddRange(batch);
            var rules = new CommitRules(now, random.Next(4) == 0 ? TimeSpan.Zero : TimeSpan.FromHours(1));

            var outcomes = store.Commit(batch, rules);
            for (var i = 0; i < outcomes.Length; i++)
            {
                outcomes[i] = outcomes[i].Decision == CommitDecision.LooksRepeated
                    ? (await store.FindRepeatedAsync(batch[i], outcomes[i].Position, CancellationToken.None))!.Value
                    : outcomes[i];
            }

            Assert.Equal(
                model.Commit(batch, rules, epoch).Select(o => (o.Decision, o.Position.Number, o.AcceptedAt, o.Verdict)),
                outcomes.Select(o => (o.Decision, o.Position.Number, o.AcceptedAt, o.Verdict)));
            if (random.Next(8) == 0)
            {
                store = await temporary.ReopenAsync();
            }
        }

        await AssertMatchesAsync(model, store);
        await AssertMatchesAsync(model, await temporary.ReopenAsync());
    }

    [Fact]
    public async Task A_backup_of_the_files_of_a_running_store_opens_with_everything_acknowledged()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var reports = new RandomReports(new Random(7));
        for (var i = 0; i < 30; i++)
        {
            store.Commit([reports.Next(i), reports.Next(i + 100)], TemporaryStore.NoLimit);
        }

        await using var copy = new TemporaryStore();
        temporary.CopyFilesTo(copy);

        var recovered = copy.Open();

        Assert.Equal(60, recovered.Current.Number);
        Assert.Equal(
            (await TemporaryStore.ReadAllAsync(store)).Select(StoredTexts.Text),
            (await TemporaryStore.ReadAllAsync(recovered)).Select(StoredTexts.Text));
    }

    [Fact]
    public async Task A_position_is_known_only_to_the_log_that_reached_it()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var reports = new RandomReports(new Random(8));
        store.Commit([reports.Next(1)], TemporaryStore.NoLimit);
        var first = store.Current;
        store = await temporary.ReopenAsync();
        store.Commit([reports.Next(2)], TemporaryStore.NoLimit);

        Assert.True(store.Reached(first));
        Assert.True(store.Reached(store.Current));
        Assert.True(store.Reached(new FeedPosition(0, 0)));
        Assert.NotEqual(first.Epoch, store.Current.Epoch);
        Assert.False(store.Reached(first with { Number = 2 }));
        Assert.False(store.Reached(store.Current with { Number = 3 }));
        Assert.False(store.Reached(new FeedPosition(first.Epoch, -1)));
    }

    [Fact]
    public async Task State_survives_the_events_it_was_made_of()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var reports = new RandomReports(new Random(9));
        for (var i = 0; i < 50; i++)
        {
            store.Commit([reports.Next(i)], TemporaryStore.NoLimit);
        }

        var before = store.InstanceTexts();
        var fourth = store.ReadInstances().ElementAt(3).Instance;
        await store.DropThroughAsync(45, CancellationToken.None);

        Assert.Equal(46, store.OldestNumber);
        Assert.Null(await store.FindReportAsync(45, CancellationToken.None));
        store = await temporary.ReopenAsync();
        Assert.Equal(46, store.OldestNumber);
        Assert.Equal(before, store.InstanceTexts());
        Assert.Empty(await store.ReadHistoryAsync(fourth, SampleReports.App, long.MaxValue, 10, CancellationToken.None));
        Assert.Equal(46, (await store.ReadAfterAsync(3, 10, CancellationToken.None))[0].Position.Number);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(9)]
    public async Task A_disk_that_fails_now_and_then_loses_nothing_acknowledged_and_the_store_heals(int failEvery)
    {
        var faults = new Faults();
        await using var temporary = new TemporaryStore { OpenFile = path => new FaultyFile(new DiskFile(path), faults) };
        var store = temporary.Open();
        var reports = new RandomReports(new Random(failEvery));
        var acknowledged = new List<Guid>();
        var failures = 0;
        for (var i = 0; i < 120; i++)
        {
            faults.FailIn = faults.FailIn == int.MaxValue ? failEvery : faults.FailIn;
            var report = reports.Next(i);
            try
            {
                store.Commit([report], TemporaryStore.NoLimit);
                acknowledged.Add(report.ReportId);
                Assert.Equal(acknowledged.Count, store.Current.Number);
                temporary.Time.Advance(TimeSpan.FromSeconds(2));
            }
            catch (StoreUnavailableException)
            {
                failures++;
                Assert.NotNull(store.Failure);
                temporary.Time.Advance(TimeSpan.FromSeconds(2));
            }
        }

        faults.FailIn = int.MaxValue;
        temporary.Time.Advance(TimeSpan.FromSeconds(2));
        await store.RecoverAsync(CancellationToken.None);
        Assert.True(failures > 0, "No fault was met.");
        Assert.Equal(acknowledged, (await TemporaryStore.ReadAllAsync(store)).Select(stored => stored.ReportId));
        store = await temporary.ReopenAsync();
        Assert.Equal(acknowledged, (await TemporaryStore.ReadAllAsync(store)).Select(stored => stored.ReportId));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task After_a_power_loss_everything_acknowledged_is_there_once_and_in_order(int seed)
    {
        var trace = new WriteTrace();
        await using var temporary = new TemporaryStore
        {
            OpenFile = path => new TracedFile(new DiskFile(path), path, trace),
            // The log files change places every few commits.
            CheckpointPages = 40,
        };
        var store = temporary.Open();
        var random = new Random(seed);
        var reports = new RandomReports(random);
        var ids = new List<Guid>();
        var acknowledgedAt = new List<(int TracePosition, int Events)>();
        for (var i = 0; i < 60; i++)
        {
            var batch = Enumerable.Range(0, random.Next(1, 30)).Select(j => reports.Next(100 * i + j)).ToList();
            store.Commit(batch, TemporaryStore.NoLimit);
            ids.AddRange(batch.Select(report => report.ReportId));
            acknowledgedAt.Add((trace.Count, ids.Count));
        }

        for (var image = 0; image < 70; image++)
        {
            var lossAt = random.Next(acknowledgedAt[0].TracePosition, trace.Count + 1);
            var acknowledged = acknowledgedAt.Where(pair => pair.TracePosition <= lossAt).Select(pair => pair.Events).LastOrDefault();
            await using var survivor = new TemporaryStore();
            trace.WriteImage(survivor.Directory, lossAt, random);

            var recovered = survivor.Open();

            var events = await TemporaryStore.ReadAllAsync(recovered);
            Assert.True(events.Count >= acknowledged, $"{acknowledged} acknowledged, {events.Count} found");
            Assert.Equal(ids.Take(events.Count), events.Select(stored => stored.ReportId));
            Assert.Equal(events.Count, recovered.InstanceCount);
        }
    }

    [Fact]
    public async Task A_waiter_is_woken_by_the_commit_it_waits_for_and_by_none_before()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var reports = new RandomReports(new Random(10));
        var first = store.WaitForEventAfterAsync(0, CancellationToken.None);
        Assert.False(first.IsCompleted);

        store.Commit([reports.Next(1)], TemporaryStore.NoLimit);

        await first.WaitAsync(Patience.Limit);
        Assert.True(store.WaitForEventAfterAsync(0, CancellationToken.None).IsCompleted);
        Assert.False(store.WaitForEventAfterAsync(1, CancellationToken.None).IsCompleted);
    }

    /// <summary>Two of three installations have an owner, who is seldom forgotten.</summary>
    private static Report Owned(RandomReports reports, Random random)
    {
        var instance = random.Next(60);
        var owner = instance % 3 == 0 ? 0UL : ulong.MaxValue - (ulong)instance;
        return reports.Next(instance) with { Owner = random.Next(40) switch { 0 => 0, 1 => 7, _ => owner } };
    }

    private static async Task AssertMatchesAsync(StoreModel model, LiteDbTelemetryStore store)
    {
        var events = await TemporaryStore.ReadAllAsync(store);
        Assert.Equal(
            model.Log.Select(e => (e.Position.Number, e.AcceptedAt, e.Kinds, e.PreviousNumber, Convert.ToHexString(e.Record.Span))),
            events.Select(e => (e.Position.Number, e.AcceptedAt, e.Kinds, e.PreviousNumber, Convert.ToHexString(e.Record.Span))));
        Assert.Equal(
            model.InstancesInOrder(),
            store.ReadInstances().Select(state => (state.Instance, state.Schema.App)));
        foreach (var (instance, app) in model.InstancesInOrder())
        {
            var history = model.HistoryOf(instance, app).ToList();
            var state = store.FindInstance(instance, app)!;
            var owner = model.OwnerOf(instance, app);
            Assert.Equal(owner != 0, store.FindOwned(instance, app, owner) is not null);
            Assert.Null(store.FindOwned(instance, app, owner + 1));
            Assert.Equal(history.Count, state.ReportCount);
            Assert.Equal(history[0].Position.Number, state.LatestNumber);
            Assert.Equal(history[^1].AcceptedAt, state.FirstSeen);
            Assert.Equal(history[0].AcceptedAt, state.LastSeen);
            var latest = WireReportReader.Read(history[0].Body, state.Schema);
            Assert.Equal(latest.Numbers, state.Values.Numbers);
            Assert.Equal(latest.Texts, state.Values.Texts);
            Assert.Equal((history[0].Claim, history[0].CountrySource), (state.Claim, state.CountrySource));
            var read = await store.ReadHistoryAsync(instance, app, long.MaxValue, 5, CancellationToken.None);
            var rest = await store.ReadHistoryAsync(instance, app, read[^1].Position.Number, 1_000, CancellationToken.None);
            Assert.Equal(history.Select(e => e.Position.Number), read.Concat(rest).Select(e => e.Position.Number));
        }
    }
}
