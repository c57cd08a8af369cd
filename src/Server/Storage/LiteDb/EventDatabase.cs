using System.IO.Hashing;
using LiteDB;
using LiteDB.Engine;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>The LiteDB database: what is in which collection, and durable transactions over it.</summary>
/// <remarks>
/// Collections: "meta" (schema version, where replay begins), "events" (chunks by first number), "slots" (snapshots of
/// the state), "epochs" (runs by first number), "gaps" (what a salvage gave up, by first number),
/// "segments" (files of events that were moved out, by first number), "access_tokens" (by id), "licenses" (by id), "leases" (seats
/// by license and installation), "audit" (entries of the audit log by number), "erasures" (which numbers were erased, in their order),
/// "erased_seats" (whose seats were given up for good).
/// Threading: transactions belong to the writer's thread; reads may run beside it.
/// Throws: IOException and LiteException; after either, the database is broken and must be opened anew.
/// </remarks>
internal sealed partial class EventDatabase : IDisposable
{
    public const int SchemaVersion = 1;

    private const string Meta = "meta";
    private const string Events = "events";
    private const string Slots = "slots";
    private const string Epochs = "epochs";
    private const string Gaps = "gaps";
    private const string Tokens = "access_tokens";
    private const string Id = "_id";
    private const string Check = "c";
    private const long HeaderMarkOffset = 32;

    private readonly IStorageFile _dataFile;
    private readonly IStorageFile[] _logFiles;
    private readonly Checkpointer _checkpointer;
    private readonly DataFileStream _data;
    private readonly DurableLogStream _log;
    private readonly LiteEngine _engine;

    public EventDatabase(IStorageFile dataFile, IStorageFile firstLog, IStorageFile secondLog, LogEnd? knownEnd)
    {
        _dataFile = dataFile;
        _logFiles = [firstLog, secondLog];
        var log = new RecoveredLog(firstLog, secondLog, dataFile.Length > 0, knownEnd);
        if (log.IsNew)
        {
            dataFile.SetLength(0);
        }

        RefuseForeignFile(dataFile, log);
        _checkpointer = new Checkpointer(dataFile);
        _log = new DurableLogStream(log, _checkpointer);
        _data = new DataFileStream(dataFile, _checkpointer);
        try
        {
            _engine = new LiteEngine(new EngineSettings { DataStream = _data, LogStream = _log });
            _data.EndMaking();
            if (_engine.Pragma("CHECKPOINT") != 0)
            {
                // Checkpoints run when the store says so: after callers have their answer, not before. This is a commit too,
                // and until it is on disk the next one would take it for its own.
                var commits = _log.DurableCommits;
                _engine.Pragma("CHECKPOINT", 0);
                _log.WaitForCommitAfter(commits);
            }
        }
        catch
        {
            // The caller closes the files.
            _checkpointer.Wait();
            throw;
        }
    }

    public LogEnd LogEnd => _log.End;

    public int DroppedFrames => _log.DroppedFrames;

    public long LogPages => _log.Length / LogPage.Size;

    /// <summary>Whether pages of the last checkpoint still move into the data file.</summary>
    public bool IsCheckpointing => _checkpointer.IsCheckpointing;

    /// <summary>Why they could not be moved; the log keeps them.</summary>
    public Exception? CheckpointFailure => _checkpointer.Failure;

    public long SizeInBytes => _dataFile.Length + _logFiles.Sum(file => file.Length);

    /// <summary>
    /// Runs <paramref name="changes"/>, which must change something, in one transaction; on disk when this returns.
    /// </summary>
    /// <returns>Why the database must be opened anew although the changes are on disk; null when all is well.</returns>
    public Exception? Commit(Action<EventDatabase> changes)
    {
        var commits = _log.DurableCommits;
        _engine.BeginTrans();
        try
        {
            changes(this);
            _engine.Commit();
        }
        catch (Exception e) when (_log.DurableCommits > commits)
        {
            return e;
        }

        _log.WaitForCommitAfter(commits);
        return null;
    }

    /// <summary>Begins to move the log's pages into the data file; commits go on in the other log file.</summary>
    public void Checkpoint() => _log.RunCheckpoint(() => _engine.Checkpoint());

    /// <summary>Waits until the last checkpoint's pages were moved, or could not be.</summary>
    /// <returns>Whether they were.</returns>
    public bool WaitForCheckpoint()
    {
        _checkpointer.Wait();
        return CheckpointFailure is null;
    }

    /// <summary>Waits until the data file holds all of the last checkpoint.</summary>
    public void FinishCheckpoint() => _checkpointer.Finish();

    /// <summary>Leaves nothing in the log files but what is in force; what was checkpointed must have been moved.</summary>
    public void ClearLogs() => _log.ClearStale();

    /// <summary>Begins a copy of the database.</summary>
    /// <param name="target">A new file.</param>
    public DatabaseCopy BeginCopy(IStorageFile target) => new(_checkpointer, _log, target);

    /// <summary>The last thing before it is closed for good.</summary>
    public void Seal() => _log.Seal();

    public int ReadSchemaVersion() =>
        Find(Meta, "schema") is { } document ? document["v"].AsInt32 : 0;

    public void WriteSchemaVersion(int version) =>
        _engine.Upsert(Meta, [new BsonDocument { [Id] = "schema", ["v"] = version }], BsonAutoId.Int64);

    public long? ReadSecretCheck() => Find(Meta, "secret")?["x"].AsInt64;

    public void WriteSecretCheck(long check) =>
        _engine.Upsert(Meta, [new BsonDocument { [Id] = "secret", ["x"] = check }], BsonAutoId.Int64);

    public void AddEvents(long first, int count, byte[] chunk) =>
        _engine.Insert(Events, [ChunkOf(first, count, chunk)], BsonAutoId.Int64);

    public static BsonDocument ChunkOf(long first, int count, byte[] chunk) =>
        new() { [Id] = first, ["n"] = count, ["b"] = chunk, [Check] = Checked(first, chunk) };

    /// <summary>Chunks that hold events from <paramref name="number"/> on, oldest first.</summary>
    public IEnumerable<(long First, int Count, byte[] Chunk)> ReadEvents(long number, long through)
    {
        var start = FirstNumber(BsonExpression.Create($"{Id} <= @0", number), Query.Descending) ?? number;
        // One range, not two bounds: LiteDB uses one condition for the index and would read on to the end of the log.
        return Read(Events, [BsonExpression.Create($"{Id} BETWEEN @0 AND @1", start, through)], Query.Ascending)
            .Select(document => (document[Id].AsInt64, document["n"].AsInt32, ReadChecked(document)));
    }

    /// <summary>First number of the oldest chunk; 0 when there is none.</summary>
    public long OldestNumber() => FirstNumber(null, Query.Ascending) ?? 0;

    /// <summary>Last number of the newest chunk; 0 when there is none.</summary>
    public long NewestNumber()
    {
        var newest = Read(Events, [], Query.Descending, limit: 1).FirstOrDefault();
        return newest is null ? 0 : newest[Id].AsInt64 + newest["n"].AsInt32 - 1;
    }

    /// <summary>First numbers of the oldest chunks, from the index alone.</summary>
    public IReadOnlyList<long> FindOldest(int maxChunks) =>
        [.. Read(Events, [], Query.Ascending, maxChunks, select: $"{{ {Id} }}").Select(document => document[Id].AsInt64)];

    public void DropChunks(IEnumerable<long> firstNumbers) =>
        _engine.Delete(Events, firstNumbers.Select(number => new BsonValue(number)));

    /// <summary>Writes a part of the state as it is.</summary>
    public void WriteSlot(int slot, byte[] rows) =>
        _engine.Upsert(Slots, [SlotOf(slot, rows)], BsonAutoId.Int64);

    public static BsonDocument SlotOf(int slot, byte[] rows) => new() { [Id] = slot, ["b"] = rows, [Check] = Checked(slot, rows) };

    public void WriteReplayFrom(long number) =>
        _engine.Upsert(Meta, [new BsonDocument { [Id] = "replay", ["from"] = number }], BsonAutoId.Int64);

    public IEnumerable<(int Slot, byte[] Rows)> ReadSlots() =>
        Read(Slots, [], Query.Ascending).Select(document => (document[Id].AsInt32, ReadChecked(document)));

    /// <summary>The number after which events may not be in the slots yet.</summary>
    public long ReadReplayFrom() => Find(Meta, "replay") is { } document ? document["from"].AsInt64 : 0;

    public void AddEpoch(long first, ulong epoch) =>
        _engine.Insert(Epochs, [new BsonDocument { [Id] = first, ["e"] = (long)epoch }], BsonAutoId.Int64);

    public IEnumerable<(long First, ulong Epoch)> ReadEpochs() =>
        Read(Epochs, [], Query.Ascending).Select(document => (document[Id].AsInt64, (ulong)document["e"].AsInt64));

    public void AddGap(long first, long last) =>
        _engine.Insert(Gaps, [new BsonDocument { [Id] = first, ["to"] = last }], BsonAutoId.Int64);

    public IEnumerable<(long First, long Last)> ReadGaps() =>
        Read(Gaps, [], Query.Ascending).Select(document => (document[Id].AsInt64, document["to"].AsInt64));

    /// <summary>For a salvage: documents as they were found.</summary>
    public void Restore(string collection, IReadOnlyList<BsonDocument> documents) =>
        _engine.Insert(collection, documents, BsonAutoId.Int64);

    public IEnumerable<AccessToken> ReadTokens() => Read(Tokens, [], Query.Ascending).Select(TokenDocument.ToToken);

    public void ChangeTokens(TokenChanges changes)
    {
        _engine.Upsert(Tokens, changes.Kept.Select(TokenDocument.Of), BsonAutoId.Int64);
        _engine.Delete(Tokens, changes.Dropped.Select(id => new BsonValue((long)id.Value)));
    }

    public void Dispose()
    {
        try
        {
            _engine.Dispose();
        }
        finally
        {
            _checkpointer.Wait();
            _log.Dispose();
            _data.Dispose();
            _dataFile.Dispose();
            Array.ForEach(_logFiles, file => file.Dispose());
        }
    }

    private static void RefuseForeignFile(IStorageFile file, RecoveredLog log)
    {
        var mark = "** This is a LiteDB file **"u8;
        Span<byte> found = stackalloc byte[mark.Length];
        if (file.Length == 0 ? !log.IsNew : file.Read(found, HeaderMarkOffset) < mark.Length || !found.SequenceEqual(mark))
        {
            throw new StoreDamagedException(StoreFiles.Data, 0, "it is no LiteDB database");
        }
    }

    /// <summary>A document lies on several pages, each whole; this tells that they belong together.</summary>
    private static long Checked(long id, byte[] content) => (long)XxHash3.HashToUInt64(content, id);

    /// <summary>Whether a chunk of events or a slot of the state is what was written.</summary>
    public static bool IsWhole(BsonDocument document) =>
        document["b"].IsBinary && document[Check].IsInt64 && document[Id].IsNumber
        && document[Check].AsInt64 == Checked(document[Id].AsInt64, document["b"].AsBinary);

    private static byte[] ReadChecked(BsonDocument document) => IsWhole(document)
        ? document["b"].AsBinary
        : throw new StoreDamagedException(StoreFiles.Data, null, $"record {document[Id]} is not what was written");

    private BsonDocument? Find(string collection, BsonValue id) =>
        Read(collection, [BsonExpression.Create($"{Id} = @0", id)], Query.Ascending, limit: 1).FirstOrDefault();

    private long? FirstNumber(BsonExpression? where, int order)
    {
        var first = Read(Events, where is null ? [] : [where], order, limit: 1, select: $"{{ {Id} }}").FirstOrDefault();
        return first?[Id].AsInt64;
    }

    /// <summary>By <c>_id</c> and in its order: the one index every collection has.</summary>
    private IEnumerable<BsonDocument> Read(
        string collection, BsonExpression[] where, int order, int limit = int.MaxValue, string? select = null)
    {
        var query = new Query { OrderBy = BsonExpression.Create(Id), Order = order, Limit = limit };
        query.Where.AddRange(where);
        if (select is not null)
        {
            query.Select = BsonExpression.Create(select);
        }

        using var reader = _engine.Query(collection, query);
        while (reader.Read())
        {
            yield return reader.Current.AsDocument;
        }
    }
}
