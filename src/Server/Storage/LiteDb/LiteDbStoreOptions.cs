namespace Telemetry.Server.Storage.LiteDb;

/// <summary>How the embedded store is opened.</summary>
internal sealed record LiteDbStoreOptions
{
    /// <summary>Data directory; made when it does not exist.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// Log pages of 8 KB after which commits go on in the other log file and the full one is moved into the data file.
    /// A commit that comes then waits until LiteDB has passed over the pages; a larger log makes that rarer and longer.
    /// On a disk that does not keep up, the log grows to four times as many; then commits wait. Default: 2,000 (16 MB).
    /// </summary>
    public int CheckpointPages { get; init; } = 2_000;

    /// <summary>Rows per snapshot slot. Default: 512. Part of what is stored: never another one over existing data.</summary>
    public int SlotSize { get; init; } = 512;

    /// <summary>
    /// Fewest reports in which every slot is written once: bounds what is replayed at start for a small fleet; a large
    /// one takes as many reports as it has installations. Default: 50,000.
    /// </summary>
    public int MinimumRotation { get; init; } = 50_000;

    /// <summary>
    /// By which the store knows the secret of its pseudonyms: kept at the first start, compared at every other one. Null
    /// where pseudonyms do not matter. Default: null.
    /// </summary>
    public long? SecretCheck { get; init; }

    /// <summary>How long closing may write the state for the next start; what is left is replayed then. Default: 10 s.</summary>
    public TimeSpan CloseWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Opens a file of the store; tests put failures in between.</summary>
    public Func<string, IStorageFile> OpenFile { get; init; } = path => new DiskFile(path);

    /// <summary>Opens a file that is there, for reading; tests put failures in between.</summary>
    public Func<string, IStorageFile> OpenWritten { get; init; } = DiskFile.OpenWritten;

    /// <summary>Deletes a file; tests put failures in between, and what only looks deletes nothing.</summary>
    public Action<string> DeleteFile { get; init; } = File.Delete;

    /// <summary>Bytes after which a segment is full, where a day has more. Default: 64 MB.</summary>
    public long SegmentBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Events that stay in the database however many come in a day; when there are twice as many, the oldest are moved into
    /// segments before their day is over. Default: 500,000.
    /// </summary>
    public int EventsInDatabase { get; init; } = 500_000;
}
