using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Telemetry.Schema;
using Telemetry.Server.Insights.Files;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>What was erased is invisible from one moment on, and then no byte of it is left in any file.</summary>
public sealed class ErasureTests
{
    private const string OwnVersion = "9.87.654";
    private const string App = SampleReports.App;

    private static readonly DateTimeOffset Start = TemporaryStore.NoLimit.Now;
    private static readonly InstanceId Victim = new(new UInt128(0xE1A5E7E1A5E7E1A5, 0x0DDB1A5E5BA5EBA1));
    private static readonly UInt128 Tombstone = 4711;

    [Fact]
    public async Task No_byte_of_an_erased_installation_is_left_in_any_file_and_all_others_are_as_they_were()
    {
        await using var temporary = new TemporaryStore { SegmentBytes = 20_000, CheckpointPages = 60 };
        var store = temporary.Open();
        var apps = new AppRegistry();
        var insights = Path.Combine(temporary.Directory, "insights");
        using var projection = new FleetProjection(apps, temporary.Time);
        var files = new ProjectionFiles(insights, projection, apps);
        using var keeper = new ProjectionKeeper(files, projection, store, temporary.Time, NullLogger<ProjectionKeeper>.Instance);
        using var follower = new LogFollower(store, projection, keeper, NullLogger<LogFollower>.Instance);
        await keeper.StartAsync(CancellationToken.None);
        await follower.StartAsync(CancellationToken.None);
        var mine = await FillAsync(temporary, days: 6);
        await projection.WaitForAsync(store.Current.Number, CancellationToken.None).WaitAsync(Patience.Limit);
        await follower.CatchUpAsync(CancellationToken.None);
        files.Write(all: true);
        var needles = NeedlesOf(mine);
        foreach (var name in new[] { StoreFiles.Data, StoreFiles.FirstLog, StoreFiles.SecondLog, "segments", "insights" })
        {
            // Else nothing would be proven.
            Assert.Contains(Found(temporary.Directory, needles), found => found.StartsWith(name, StringComparison.Ordinal));
        }

        var (events, states) = (await ReadKeptAsync(store), store.InstanceTexts());
        IReadOnlyList<NumberRange>? told = null;
        var erasure = await store.EraseAsync(Victim, App, Tombstone, numbers => Draft(told = numbers), CancellationToken.None);

        Assert.Empty(Found(temporary.Directory, needles));
        Assert.Equal((1, 0x1267, App), (erasure!.Sequence, (int)erasure.Tombstone, erasure.App));
        Assert.Equal(mine.Numbers, Numbers(erasure));
        Assert.Equal(erasure.Numbers, told);
        var left = events.Where(stored => !mine.Numbers.Contains(stored.Number)).ToList();
        Assert.Equal(left, await ReadKeptAsync(store));
        Assert.Equal(states.Where(state => !state.Contains(Victim.ToString(), StringComparison.Ordinal)), store.InstanceTexts());
        Assert.Equal(1, store.AuditHead.Number);
        Assert.Equal(0, projection.Read((all, _) => all.Sum(app => app.Find(Victim) + 1)));

        await follower.StopAsync(CancellationToken.None);
        await keeper.StopAsync(CancellationToken.None);
        for (var run = 0; run < 2; run++)
        {
            store = await temporary.ReopenAsync();
            Assert.Empty(Found(temporary.Directory, needles));
            Assert.Equal(left, await ReadKeptAsync(store));
            Assert.Null(store.FindInstance(Victim, App));
            Assert.Equal(erasure.Numbers, Assert.Single(store.Erasures).Numbers);
            Assert.Equal(mine.Numbers[0], store.ErasedThrough(mine.Numbers[0]));
            Assert.Null(await store.FindReportAsync(mine.Numbers[0], CancellationToken.None));
            Assert.Null(await store.EraseAsync(Victim, App, Tombstone, Draft, CancellationToken.None));
        }

        await store.DisposeAsync();
        Assert.Empty(StoreVerification.Run(temporary.Options()));
    }

    [Fact]
    public async Task Erasures_that_come_at_a_time_rewrite_the_files_for_all_of_them_at_once()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var ids = Enumerable.Range(1, 12).Select(number => new InstanceId(new UInt128(0xE1A5E7E1A5E7E1A5, (ulong)number))).ToList();
        var reports = new RandomReports(new Random(12));
        for (var day = 0; day < 3; day++)
        {
            store.Commit([.. ids.Select((id, at) => reports.Next(at) with { Instance = id })], new CommitRules(Start.AddDays(day), TimeSpan.Zero));
        }

        await temporary.MoveAllAsync(Start.AddDays(4));

        await Task.WhenAll(ids.Take(11).Select((id, at) => Task.Run(async () => await store.EraseAsync(id, App, (UInt128)at, Draft, CancellationToken.None))));

        Assert.Equal(11, store.Erasures.Count);
        Assert.Equal(3, (await ReadKeptAsync(store)).Count);
        Assert.Empty(Found(temporary.Directory, [.. ids.Take(11).Select(id => Convert.FromHexString(id.ToString()))]));
        // The first may have found nobody beside it.
        Assert.All(temporary.SegmentFiles, path => Assert.InRange(Telemetry.Server.Storage.LiteDb.Segments.Segment.Parse(path)!.Value.Revision, 2, 5));
    }

    [Fact]
    public async Task Whoever_reports_after_an_erasure_is_somebody_new()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var mine = await FillAsync(temporary, days: 3);
        await store.EraseAsync(Victim, App, Tombstone, Draft, CancellationToken.None);
        var anew = ReportOf(OwnVersion);

        Assert.Equal(CommitDecision.Accepted, store.Commit([anew], new CommitRules(Start.AddDays(3), TimeSpan.Zero))[0].Decision);

        for (var run = 0; run < 2; run++)
        {
            var stored = Assert.Single(await store.ReadHistoryAsync(Victim, App, long.MaxValue, 10, CancellationToken.None));
            Assert.Equal((0, EventKinds.ReportAccepted | EventKinds.InstanceDiscovered), (stored.PreviousNumber, stored.Kinds & (EventKinds.ReportAccepted | EventKinds.InstanceDiscovered)));
            Assert.Equal(1, store.FindInstance(Victim, App)!.ReportCount);
            Assert.Empty(Found(temporary.Directory, [.. mine.Ids.Select(id => id.ToByteArray(bigEndian: true))]));
            store = await temporary.ReopenAsync();
        }

        // The next one takes the second life only.
        var second = await store.EraseAsync(Victim, App, 5, Draft, CancellationToken.None);
        Assert.Equal([store.Current.Number], Numbers(second!));
        Assert.Empty(Found(temporary.Directory, NeedlesOf(mine)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_power_loss_at_any_write_leaves_nothing_erased_or_all_of_it_once_it_is_finished(int seed)
    {
        var trace = new WriteTrace();
        await using var temporary = new TemporaryStore
        {
            OpenFile = path => new TracedFile(new DiskFile(path), path, trace),
            DeleteFile = trace.Delete,
            SegmentBytes = 20_000,
            CheckpointPages = 60,
        };
        var store = temporary.Open();
        var mine = await FillAsync(temporary, days: 4);
        var (events, begun) = (await ReadKeptAsync(store), trace.Count);
        await store.EraseAsync(Victim, App, Tombstone, Draft, CancellationToken.None);
        var done = trace.Count;
        store.Commit([new RandomReports(new Random(3)).Next(7)], new CommitRules(Start.AddDays(4), TimeSpan.Zero));
        var random = new Random(seed);
        for (var lossAt = begun; lossAt <= trace.Count; lossAt++)
        {
            await using var survivor = new TemporaryStore();
            trace.WriteImage(survivor.Directory, lossAt, random);

            var recovered = survivor.Open();

            var isErased = recovered.Erasures.Count > 0;
            Assert.True(isErased || lossAt < done);
            Assert.Equal(isErased, recovered.FindInstance(Victim, App) is null);
            var expected = events.Where(stored => !isErased || !mine.Numbers.Contains(stored.Number)).ToList();
            Assert.Equal(expected, (await ReadKeptAsync(recovered)).Take(expected.Count));
            if (lossAt % 3 == 0)
            {
                recovered = await survivor.ReopenAsync();
            }

            await recovered.FinishErasuresAsync(CancellationToken.None);
            if (!isErased)
            {
                Assert.NotNull(await recovered.EraseAsync(Victim, App, Tombstone, Draft, CancellationToken.None));
            }

            Assert.Empty(Found(survivor.Directory, NeedlesOf(mine)));
            var left = events.Where(stored => !mine.Numbers.Contains(stored.Number)).ToList();
            Assert.Equal(left, (await ReadKeptAsync(recovered)).Take(left.Count));
            await recovered.DisposeAsync();
            Assert.Empty(StoreVerification.Run(survivor.Options()));
            Assert.Null(survivor.Open().FindInstance(Victim, App));
        }
    }

    [Fact]
    public async Task A_disk_that_fails_at_any_write_is_no_reason_to_keep_anything_once_it_works_again()
    {
        var faults = new Faults();
        for (var failIn = 0; failIn < 60; failIn++)
        {
            await using var temporary = new TemporaryStore
            {
                OpenFile = path => new FaultyFile(new DiskFile(path), faults),
                DeleteFile = path =>
                {
                    faults.Operation();
                    File.Delete(path);
                },
                SegmentBytes = 20_000,
                CheckpointPages = 60,
            };
            var store = temporary.Open();
            var mine = await FillAsync(temporary, days: 3);
            var events = await ReadKeptAsync(store);

            faults.FailIn = failIn;
            var isDone = false;
            try
            {
                isDone = await store.EraseAsync(Victim, App, Tombstone, Draft, CancellationToken.None) is not null;
            }
            catch (StoreUnavailableException)
            {
                // Tried again.
            }

            faults.FailIn = int.MaxValue;
            temporary.Time.Advance(TimeSpan.FromSeconds(2));
            if (!isDone)
            {
                Assert.NotNull(await store.EraseAsync(Victim, App, Tombstone, Draft, CancellationToken.None));
            }

            Assert.Single(store.Erasures);
            Assert.Empty(Found(temporary.Directory, NeedlesOf(mine)));
            Assert.Equal(events.Where(stored => !mine.Numbers.Contains(stored.Number)), await ReadKeptAsync(store));
            store = await temporary.ReopenAsync();
            Assert.Equal(events.Where(stored => !mine.Numbers.Contains(stored.Number)), await ReadKeptAsync(store));
        }
    }

    [Fact]
    public async Task A_full_disk_in_the_middle_leaves_the_rest_for_later_and_readers_see_nothing_meanwhile()
    {
        var space = new DiskSpace();
        await using var temporary = new TemporaryStore { OpenFile = path => new FullDisk(new DiskFile(path), space), SegmentBytes = 20_000 };
        var store = temporary.Open();
        var mine = await FillAsync(temporary, days: 3);
        // From the first commit on, which still finds room where older ones were.
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.EraseAsync(
            Victim, App, Tombstone, numbers => Draft(numbers, () => space.IsFull = true), CancellationToken.None));
        var wasVisible = store.Erasures.Count == 1;

        space.IsFull = false;
        temporary.Time.Advance(TimeSpan.FromSeconds(2));
        if (wasVisible)
        {
            Assert.Null(store.FindInstance(Victim, App));
            Assert.Empty((await ReadKeptAsync(store)).Select(stored => stored.Number).Intersect(mine.Numbers));
            await store.FinishErasuresAsync(CancellationToken.None);
        }
        else
        {
            await store.EraseAsync(Victim, App, Tombstone, Draft, CancellationToken.None);
        }

        Assert.Empty(Found(temporary.Directory, NeedlesOf(mine)));
    }

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    [InlineData(43)]
    [InlineData(44)]
    public async Task Whatever_is_committed_moved_dropped_erased_and_opened_anew_what_is_left_is_what_it_should_be(int seed)
    {
        var random = new Random(seed);
        var reports = new RandomReports(random);
        await using var temporary = new TemporaryStore { SegmentBytes = 10_000, EventsInDatabase = 150, CheckpointPages = 60 };
        temporary.Open();
        var (now, dropped, erasures) = (Start, 0L, 0);
        var committed = new List<(Guid Id, InstanceId Instance, bool IsErased)>();
        for (var step = 0; step < 150; step++)
        {
            now += TimeSpan.FromHours(random.Next(0, 12));
            switch (random.Next(12))
            {
                case < 6:
                    var batch = Enumerable.Range(0, random.Next(1, 50)).Select(_ => reports.Next(random.Next(30))).ToList();
                    temporary.Store.Commit(batch, new CommitRules(now, TimeSpan.Zero));
                    committed.AddRange(batch.Select(report => (report.ReportId, report.Instance, false)));
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
                case 9 or 10:
                    var victim = reports.Next(random.Next(30)).Instance;
                    var kept = committed.Index().Where(item => item.Item.Instance == victim && !item.Item.IsErased && item.Index >= dropped)
                        .Select(item => item.Index + 1L).ToList();
                    var isKnown = temporary.Store.FindInstance(victim, App) is not null;
                    var erasure = await temporary.Store.EraseAsync(victim, App, (UInt128)step, Draft, CancellationToken.None);
                    Assert.Equal(isKnown, erasure is not null);
                    Assert.Equal(kept, erasure is null ? [] : Numbers(erasure));
                    erasures += erasure is null ? 0 : 1;
                    committed = committed.ConvertAll(item => item with { IsErased = item.IsErased || item.Instance == victim });
                    break;
                default:
                    await temporary.ReopenAsync();
                    break;
            }

            Assert.Equal(committed.Count, temporary.Store.Current.Number);
            if (step % 5 == 0)
            {
                await AssertSameAsync();
            }
        }

        await temporary.MoveAllAsync(now);
        await AssertSameAsync();
        await temporary.ReopenAsync();
        await AssertSameAsync();
        Assert.Empty(Found(temporary.Directory, [.. committed.Where(item => item.IsErased).Select(item => item.Id.ToByteArray(bigEndian: true))]));
        await temporary.Store.DisposeAsync();
        Assert.Empty(StoreVerification.Run(temporary.Options()));

        async Task AssertSameAsync()
        {
            Assert.Equal(erasures, temporary.Store.Erasures.Count);
            Assert.Equal(
                committed.Index().Where(item => item.Index >= dropped && !item.Item.IsErased).Select(item => (item.Index + 1L, item.Item.Id)),
                await ReadKeptAsync(temporary.Store));
            Assert.Equal(
                committed.Where(item => !item.IsErased).Select(item => item.Instance.ToString()).Distinct().Order(StringComparer.Ordinal),
                temporary.Store.ReadInstances().Select(state => state.Instance.ToString()).Order(StringComparer.Ordinal));
            Assert.All(committed.Index().Where(item => item.Index >= dropped), item =>
                Assert.Equal(item.Item.IsErased, temporary.Store.ErasedThrough(item.Index + 1) is not null));
        }
    }

    [Fact]
    public async Task A_salvage_keeps_erasures_and_brings_nothing_back_from_files_of_before()
    {
        await using var temporary = new TemporaryStore { SegmentBytes = 20_000 };
        var store = temporary.Open();
        var mine = await FillAsync(temporary, days: 4);
        var before = temporary.SegmentFiles.ToDictionary(path => path, File.ReadAllBytes);
        await store.EraseAsync(Victim, App, Tombstone, Draft, CancellationToken.None);
        var left = await ReadKeptAsync(store);
        await store.DisposeAsync();
        // As a crash may leave them, or a careless restore.
        foreach (var (path, content) in before)
        {
            await File.WriteAllBytesAsync(path, content);
        }

        var damaged = temporary.SegmentFiles.First(path => !before.ContainsKey(path));
        await File.WriteAllBytesAsync(damaged, DamagedBytes.FlipBit(await File.ReadAllBytesAsync(damaged), new Random(5)));
        StoreSalvage.Run(temporary.Options(), Start);
        store = temporary.Open();

        Assert.Single(store.Erasures);
        Assert.Null(store.FindInstance(Victim, App));
        var kept = await ReadKeptAsync(store);
        Assert.Equal(left.Where(stored => store.GapThrough(stored.Number) is null), kept);
        Assert.InRange(kept.Count, left.Count - EventChunk.MaxEvents, left.Count);
        await store.FinishErasuresAsync(CancellationToken.None);
        Directory.GetDirectories(temporary.Directory, "damaged-*").ToList().ForEach(path => Directory.Delete(path, recursive: true));
        Assert.Empty(Found(temporary.Directory, NeedlesOf(mine)));
        Assert.Equal(kept, await ReadKeptAsync(await temporary.ReopenAsync()));
        await temporary.Store.DisposeAsync();
        Assert.Empty(StoreVerification.Run(temporary.Options()));
    }

    [Fact]
    public async Task Where_damage_broke_the_chain_of_reports_the_ones_before_are_found_all_the_same()
    {
        await using var temporary = new TemporaryStore();
        temporary.Open();
        var mine = await FillAsync(temporary, days: 4);
        await temporary.Store.DisposeAsync();
        var path = temporary.SegmentFiles[1];
        File.Delete(path);
        StoreSalvage.Run(temporary.Options(), Start);
        var store = temporary.Open();
        var expected = mine.Numbers.Where(number => store.GapThrough(number) is null).ToList();
        Assert.InRange(expected.Count, 1, mine.Numbers.Count - 1);

        var erasure = await store.EraseAsync(Victim, App, Tombstone, Draft, CancellationToken.None);

        Assert.Equal(expected, Numbers(erasure!));
        Directory.GetDirectories(temporary.Directory, "damaged-*").ToList().ForEach(directory => Directory.Delete(directory, recursive: true));
        Assert.Empty(Found(temporary.Directory, NeedlesOf(mine)));
    }

    [Fact]
    public async Task Readers_in_the_middle_never_take_what_is_erased_for_damage()
    {
        await using var temporary = new TemporaryStore { SegmentBytes = 20_000, CheckpointPages = 60 };
        var store = temporary.Open();
        await FillAsync(temporary, days: 10);
        var reports = new RandomReports(new Random(0));
        using var end = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(reader => Task.Run(async () =>
        {
            var random = new Random(reader);
            while (!end.IsCancellationRequested)
            {
                var number = random.NextInt64(0, store.Current.Number);
                await store.ReadAfterAsync(number, 100, CancellationToken.None);
                await store.FindReportAsync(number, CancellationToken.None);
            }
        })).ToList();

        for (var instance = 0; instance < 20; instance++)
        {
            Assert.NotNull(await store.EraseAsync(reports.Next(instance).Instance, App, (UInt128)instance, Draft, CancellationToken.None));
            store.Commit([reports.Next(100 + instance)], new CommitRules(Start.AddDays(11), TimeSpan.Zero));
        }

        await end.CancelAsync();
        await Task.WhenAll(readers).WaitAsync(Patience.Limit);
        Assert.Null(store.Damage);
    }

    private static AuditDraft Draft(IReadOnlyList<NumberRange> numbers) => new(new byte[] { 1 });

    private static AuditDraft Draft(IReadOnlyList<NumberRange> numbers, Action then)
    {
        then();
        return Draft(numbers);
    }

    private static List<long> Numbers(Erasure erasure) =>
        [.. erasure.Numbers.SelectMany(range => Enumerable.Range((int)range.First, (int)(range.Last - range.First) + 1)).Select(number => (long)number)];

    private static Report ReportOf(string version)
    {
        var message = SampleReports.Of();
        message.AppVersion = version;
        var submitted = SubmittedReportOf(message.ToByteArray());
        return submitted with { Instance = Victim };
    }

    private static Report SubmittedReportOf(byte[] message)
    {
        var submitted = Server.Ingestion.SubmittedReport.FromWire(message, new AppRegistry());
        return new Report
        {
            ReportId = submitted.ReportId,
            ContentTag = 1,
            Instance = default,
            Schema = submitted.Schema,
            Values = submitted.Values!,
            Body = submitted.Body,
            Claim = new Claim(ClaimVerdict.Refused, LicenseVerdict.SeatsExceeded),
            CountrySource = submitted.CountrySource,
        };
    }

    /// <summary>A fleet over some days, the last of which is in the database and the others in segments; the victim reports twice a day.</summary>
    private static async Task<(List<long> Numbers, List<Guid> Ids)> FillAsync(TemporaryStore temporary, int days)
    {
        var reports = new RandomReports(new Random(7));
        var mine = (Numbers: new List<long>(), Ids: new List<Guid>());
        for (var day = 0; day < days; day++)
        {
            for (var half = 0; half < 4; half++)
            {
                var batch = Enumerable.Range(0, 40).Select(i => reports.Next((half * 40) + i)).ToList();
                if (half % 2 == 0)
                {
                    batch.Insert(day % 40, ReportOf(OwnVersion));
                    mine.Ids.Add(batch[day % 40].ReportId);
                    mine.Numbers.Add(temporary.Store.Current.Number + (day % 40) + 1);
                }

                temporary.Store.Commit(batch, new CommitRules(Start.AddDays(day).AddHours(half), TimeSpan.Zero));
                // Comes after the checkpoint that the commit may have made due.
                await temporary.Store.RecoverAsync(CancellationToken.None);
            }

            await temporary.MoveAllAsync(Start.AddDays(day));
        }

        return mine;
    }

    private static List<byte[]> NeedlesOf((List<long> Numbers, List<Guid> Ids) mine)
    {
        var instance = new byte[InstanceId.Size];
        Victim.Write(instance);
        // The insights hold pseudonyms as they lie in memory.
        return [instance, [.. instance.Reverse()], System.Text.Encoding.UTF8.GetBytes(OwnVersion), .. mine.Ids.Select(id => id.ToByteArray(bigEndian: true))];
    }

    /// <summary>The files in which any of some bytes is found.</summary>
    private static List<string> Found(string directory, List<byte[]> needles)
    {
        var found = new List<string>();
        foreach (var path in Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Where(path => Path.GetExtension(path) != ".lock"))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var content = new byte[file.Length];
            file.ReadExactly(content);
            if (needles.Exists(needle => content.AsSpan().IndexOf(needle) >= 0))
            {
                found.Add(Path.GetRelativePath(directory, path));
            }
        }

        return found;
    }

    private static async Task<List<(long Number, Guid Id)>> ReadKeptAsync(LiteDbTelemetryStore store)
    {
        var events = new List<(long, Guid)>();
        for (var number = Math.Max(0, store.OldestNumber - 1); number < store.Current.Number;)
        {
            var page = await store.ReadAfterAsync(number, 100, CancellationToken.None);
            events.AddRange(page.Select(stored => (stored.Position.Number, stored.ReportId)));
            number = page.Count > 0 ? page[^1].Position.Number : store.AbsentThrough(number + 1) ?? number + 100;
        }

        return events;
    }
}
