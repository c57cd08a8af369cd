using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>Readers take turns; commits never wait for them.</summary>
public sealed class ReadersTests
{
    [Fact]
    public async Task More_readers_than_the_database_has_room_for_fail_no_commit_and_no_read()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var reports = new RandomReports(new Random(91));
        for (var i = 0; i < 20; i++)
        {
            store.Commit([.. Enumerable.Range(0, 40).Select(j => reports.Next((40 * i) + j))], TemporaryStore.NoLimit);
        }

        using var begin = new ManualResetEventSlim();
        var readers = Enumerable.Range(0, 150).Select(_ => Task.Factory.StartNew(
            () =>
            {
                begin.Wait(Patience.Limit);
                for (var round = 0; round < 3; round++)
                {
                    var read = TemporaryStore.ReadAllAsync(store).GetAwaiter().GetResult();
                    Assert.True(read.Count >= 800, $"{read.Count} read");
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToList();
        begin.Set();
        for (var i = 0; i < 50; i++)
        {
            store.Commit([reports.Next(10_000 + i)], TemporaryStore.NoLimit);
        }

        await Patience.For(Task.WhenAll(readers), "the readers end");
        Assert.Equal(850, store.Current.Number);
    }

    [Fact]
    public async Task A_repetition_costs_the_commit_no_read_and_gets_the_first_answer()
    {
        await using var temporary = new TemporaryStore();
        var reading = new ReadCount();
        temporary.OpenFile = path => new CountedFile(new DiskFile(path), reading);
        var store = temporary.Open();
        var reports = new RandomReports(new Random(92));
        var first = reports.Next(1);
        var answer = store.Commit([first], TemporaryStore.NoLimit)[0];
        for (var i = 0; i < 3; i++)
        {
            store.Commit([reports.Next(1)], TemporaryStore.NoLimit);
        }

        store = await temporary.ReopenAsync();
        reading.Count = 0;
        var repeated = store.Commit([first], TemporaryStore.NoLimit)[0];

        Assert.Equal(CommitDecision.LooksRepeated, repeated.Decision);
        Assert.Equal(0, reading.Count);
        Assert.Equal(4, store.Current.Number);
        Assert.Equal(
            answer with { Decision = CommitDecision.Repeated },
            await store.FindRepeatedAsync(first, repeated.Position, CancellationToken.None));
    }

    [Fact]
    public async Task What_only_looked_like_a_repetition_is_taken_by_the_next_commit()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        var report = new RandomReports(new Random(93)).Next(1);
        store.Commit([report], TemporaryStore.NoLimit);

        // As if another report had the same fingerprint: the log before it does not have this one.
        Assert.Null(await store.FindRepeatedAsync(report, default, CancellationToken.None));

        Assert.Equal(CommitDecision.Accepted, store.Commit([report], TemporaryStore.NoLimit)[0].Decision);
        Assert.Equal(CommitDecision.LooksRepeated, store.Commit([report], TemporaryStore.NoLimit)[0].Decision);
    }

    private sealed class ReadCount
    {
        public int Count { get; set; }
    }

    private sealed class CountedFile(IStorageFile inner, ReadCount count) : IStorageFile
    {
        public long Length => inner.Length;

        public int Read(Span<byte> buffer, long offset)
        {
            count.Count++;
            return inner.Read(buffer, offset);
        }

        public void Write(ReadOnlySpan<byte> buffer, long offset) => inner.Write(buffer, offset);

        public void SetLength(long length) => inner.SetLength(length);

        public void Sync() => inner.Sync();

        public void Dispose() => inner.Dispose();
    }
}
