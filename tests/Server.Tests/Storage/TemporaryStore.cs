using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Server.Model;
using Telemetry.Schema;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;
using Telemetry.Server.Storage.LiteDb.Segments;

namespace Telemetry.Server.Tests.Storage;

/// <summary>A data directory that can be opened again and again, with files that a test can tamper with.</summary>
internal sealed class TemporaryStore : IAsyncDisposable
{
    public static readonly CommitRules NoLimit = new(new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero), TimeSpan.Zero);

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("telemetry-store-").FullName;

    public FakeTimeProvider Time { get; } = new(NoLimit.Now);

    public Func<string, IStorageFile> OpenFile { get; set; } = path => new DiskFile(path);

    public Func<string, IStorageFile> OpenWritten { get; set; } = DiskFile.OpenWritten;

    public Action<string> DeleteFile { get; set; } = File.Delete;

    public long SegmentBytes { get; init; } = 64 * 1024 * 1024;

    public int EventsInDatabase { get; init; } = 1_000_000;

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
        OpenWritten = path => OpenWritten(path),
        DeleteFile = path => DeleteFile(path),
        SegmentBytes = SegmentBytes,
        EventsInDatabase = EventsInDatabase,
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
        var segments = Path.Combine(Directory, Segment.Directory);
        System.IO.Directory.CreateDirectory(Path.Combine(other.Directory, Segment.Directory));
        foreach (var path in StoreFiles.All.Select(name => Path.Combine(Directory, name))
            .Concat(System.IO.Directory.Exists(segments) ? System.IO.Directory.GetFiles(segments) : []))
        {
            File.Copy(path, Path.Combine(other.Directory, Path.GetRelativePath(Directory, path)), overwrite: true);
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

    /// <summary>Does all that there is to move, and clears up after it.</summary>
    public async Task MoveAllAsync(DateTimeOffset now)
    {
        while (await Store.MoveStepAsync(now, CancellationToken.None))
        {
        }
    }

    public string[] SegmentFiles => System.IO.Directory.Exists(Path.Combine(Directory, Segment.Directory))
        ? [.. System.IO.Directory.GetFiles(Path.Combine(Directory, Segment.Directory)).Order(StringComparer.Ordinal)]
        : [];

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
