using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>When the data directory cannot be used, the operator is told why and what to do.</summary>
public sealed class OpenRefusalTests
{
    [Fact]
    public async Task A_directory_in_use_is_refused()
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();

        var refusal = Assert.Throws<StoreOpenException>(() => temporary.Open());

        Assert.Contains("in use by another server", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, store.Current.Number);
    }

    [Fact]
    public async Task A_path_that_is_a_file_is_refused()
    {
        await using var temporary = new TemporaryStore();
        var path = Path.Combine(temporary.Directory, "file");
        await File.WriteAllTextAsync(path, "");

        Assert.Contains(path, Assert.Throws<StoreOpenException>(() => temporary.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_refused()
    {
        await using var temporary = new TemporaryStore();
        temporary.OpenFile = path => new FaultyFile(new DiskFile(path), new Faults { FailIn = 0 });

        var refusal = Assert.Throws<StoreOpenException>(() => temporary.Open());

        Assert.Contains("No space left", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("telemetry.db")]
    [InlineData("telemetry.log")]
    [InlineData("telemetry.2.log")]
    public async Task Files_of_something_else_are_refused_and_left_alone(string name)
    {
        await using var temporary = new TemporaryStore();
        temporary.Open();
        await temporary.Store.DisposeAsync();
        var path = Path.Combine(temporary.Directory, name);
        var bytes = new byte[50_000];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(path, bytes);

        var refusal = Assert.Throws<StoreOpenException>(() => temporary.Open());

        Assert.Contains("not a store of this server", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path));
    }

    [Theory]
    [InlineData("telemetry.log")]
    [InlineData("telemetry.2.log")]
    public async Task A_data_file_without_one_of_its_logs_is_refused(string name)
    {
        await using var temporary = new TemporaryStore();
        temporary.Open();
        await temporary.Store.DisposeAsync();
        File.Delete(Path.Combine(temporary.Directory, name));

        Assert.Contains(
            $"without '{name}'", Assert.Throws<StoreOpenException>(() => temporary.Open()).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("telemetry.log")]
    [InlineData("telemetry.2.log")]
    public async Task A_log_file_of_another_moment_than_the_other_is_refused(string name)
    {
        await using var temporary = new TemporaryStore { CheckpointPages = 40 };
        await using var earlier = new TemporaryStore();
        var reports = new RandomReports(new Random(31));
        for (var half = 0; half < 2; half++)
        {
            var store = temporary.Open();
            for (var i = 0; i < 20; i++)
            {
                store.Commit([reports.Next(i)], TemporaryStore.NoLimit);
                // Comes after the checkpoint that the commit may have made due: the logs must change over several times.
                await store.RecoverAsync(CancellationToken.None);
            }

            await store.DisposeAsync();
            if (half == 0)
            {
                temporary.CopyFilesTo(earlier);
            }
        }

        File.Copy(Path.Combine(earlier.Directory, name), Path.Combine(temporary.Directory, name), overwrite: true);

        Assert.Contains(
            "do not belong together", Assert.Throws<StoreOpenException>(() => temporary.Open()).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("telemetry.log")]
    [InlineData("telemetry.2.log")]
    public async Task A_log_of_another_format_is_refused(string name)
    {
        await using var temporary = new TemporaryStore();
        var store = temporary.Open();
        store.Commit([new RandomReports(new Random(32)).Next(1)], TemporaryStore.NoLimit);
        await store.DisposeAsync();
        using (var file = File.OpenHandle(Path.Combine(temporary.Directory, name), FileMode.Open, FileAccess.Write))
        {
            RandomAccess.Write(file, "TLMLOG4\0"u8, LogHeader.PositionOf(0));
            RandomAccess.Write(file, "TLMLOG4\0"u8, LogHeader.PositionOf(1));
        }

        Assert.Contains(
            "another version of the server (format 4; this one knows 5)", Assert.Throws<StoreOpenException>(() => temporary.Open()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_refused_and_one_of_an_older_is_brought_up()
    {
        await using var temporary = new TemporaryStore();
        temporary.Open();
        await temporary.Store.DisposeAsync();
        var ran = 0;
        using (var database = OpenDatabase(temporary.Directory))
        {
            Migrations.Run(database, temporary.Directory, [_ => Assert.Fail("Ran before."), _ => ran++, _ => ran++]);
            Migrations.Run(database, temporary.Directory, [_ => { }, _ => ran++, _ => ran++]);
            Assert.Equal(3, database.ReadSchemaVersion());
        }

        Assert.Equal(2, ran);
        var refusal = Assert.Throws<StoreOpenException>(() => temporary.Open());
        Assert.Contains("newer version (layout 3; this one knows 1)", refusal.Message, StringComparison.Ordinal);
    }

    private static EventDatabase OpenDatabase(string directory) => new(
        new DiskFile(Path.Combine(directory, "telemetry.db")), new DiskFile(Path.Combine(directory, "telemetry.log")),
        new DiskFile(Path.Combine(directory, "telemetry.2.log")), null);
}
