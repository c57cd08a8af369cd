using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Server.Model;
using Telemetry.Schema;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>A data directory that can be opened again and again, with files that a test can tamper with.</summary>
internal sealed class TemporaryStore : IAsyncDisposable
{
    public static readonly CommitRules NoLimit = new(new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero), TimeSpan.Zero);

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("telemetry-store-").FullName;

    public FakeTimeProvider Time { get; } = new(NoLimit.Now);

    public Func<string, IStorageFile> OpenFile { get; set; } = path => new DiskFile(path);

    /// <summary>Small, so that tests see checkpoints.</summary>
    public int CheckpointPages { get; init; } = 200;

    public TimeSpan CloseWithin { get; init; } = TimeSpan.FromMinutes(1);

    public CapturedLogs Logs { get; } = new();

    public LiteDbTelemetryStore Store { get; private set; } = null!;

    public LiteDbStoreOptions Options(string? directory = null) => new()
    {
        Directory = directory ?? Directory,
        // Small, so that tests see slots and rotations.
        SlotSize = 8,
        MinimumRotation = 40,
        CheckpointPages = CheckpointPages,
        CloseWithin = CloseWithin,
        OpenFile = path => OpenFile(path),
    };

    public LiteDbTelemetryStore Open(string? directory = null) => Store = LiteDbTelemetryStore.Open(
        Options(directory), new AppRegistry(), Time, new LoggerFactory([Logs]).CreateLogger<LiteDbTelemetryStore>());

    public async Task<LiteDbTelemetryStore> ReopenAsync()
    {
        await Store.DisposeAsync();
        return Open();
    }

    /// <summary>What a kill leaves behind: the files as they are, without a goodbye.</summary>
    public void CopyFilesTo(TemporaryStore other)
    {
        foreach (var name in new[] { "telemetry.log", "telemetry.2.log", "telemetry.db" })
        {
            File.Copy(Path.Combine(Directory, name), Path.Combine(other.Directory, name), overwrite: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Store is not null)
        {
            await Store.DisposeAsync();
        }

        System.IO.Directory.Delete(Directory, recursive: true);
    }

    public static async Task<List<StoredReport>> ReadAllAsync(ITelemetryStore store)
    {
        var events = new List<StoredReport>();
        while (await store.ReadAfterAsync(events.Count, 100, CancellationToken.None) is { Count: > 0 } page)
        {
            events.AddRange(page);
        }

        return events;
    }
}
