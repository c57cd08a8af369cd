using System.Collections.Concurrent;
using System.Security.Cryptography;
using LiteDB;
using Telemetry.Server.Model;
using Telemetry.Schema;
using Telemetry.Server.Storage.LiteDb.Segments;
using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>The embedded store: one data directory, one process, one change at a time.</summary>
/// <remarks>
/// Responsible for: everything <see cref="ITelemetryStore"/> promises, on one machine.
/// Threading: commits run on their caller's thread, other changes and checkpoints on an own one, one at a time: a
/// LiteDB transaction belongs to the thread that began it. Reads run on their caller's thread beside them.
/// After a failed write nothing of the batch is visible; the next change opens the files anew, up to the end of what
/// was acknowledged, and goes on if the disk works again.
/// </remarks>
internal sealed partial class LiteDbTelemetryStore : ITelemetryStore
{
    private readonly LiteDbStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DirectoryLock _lock;
    private readonly FleetState _fleet;
    private readonly EpochTable _epochs = new();
    private readonly RecentEvents _recent = new();
    private readonly CommitSignal _committed = new();
    private readonly SegmentReader _segments;
    private readonly ReaderWriterLockSlim _databaseGate = new();
    private readonly Lock _changing = new();
    private readonly BlockingCollection<Action> _changes = [];
    private readonly Thread _writer;
    private readonly ulong _epoch = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private EventDatabase _database;
    private LogEnd _acknowledged;
    private IReadOnlyList<AccessToken> _tokens = [];
    private ICommitListener? _listener;
    private bool _epochWritten;
    private string? _failure;
    private bool _broken;
    private bool _disposed;
    private bool _closed;
    private DateTimeOffset _recoverNotBefore;
    private DateTimeOffset _sayAgainAt;
    private string? _told;
    private bool _isRecoveryUntold;
    private NumberTable _gaps = NumberTable.Empty;
    private NumberTable _erased = NumberTable.Empty;

    /// <summary>Numbers that nothing has any more, for whatever reason.</summary>
    private NumberTable _absent = NumberTable.Empty;
    private string? _damage;
    private long _current;
    private long _oldest;
    private KeptEvents _kept = new([], 0);

    private LiteDbTelemetryStore(
        LiteDbStoreOptions options, AppRegistry apps, TimeProvider time, ILogger logger, DirectoryLock directoryLock,
        EventDatabase database)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _lock = directoryLock;
        _database = database;
        _fleet = new FleetState(apps, options.SlotSize);
        _segments = new SegmentReader(SegmentsIn(options.Directory), options.OpenWritten);
        _snapshots = new SnapshotSchedule(options.SlotSize, options.MinimumRotation);
        _writer = new Thread(RunChanges) { Name = "telemetry-store-writer", IsBackground = true };
    }

    public StoreDescription Description =>
        new("LiteDB", EventDatabase.SchemaVersion, Path.GetFullPath(_options.Directory));

    public FeedPosition Current
    {
        get
        {
            var number = Interlocked.Read(ref _current);
            return new FeedPosition(EpochOf(number), number);
        }
    }

    public long OldestNumber => Interlocked.Read(ref _oldest);

    public int InstanceCount => _fleet.Count;

    public long SizeInBytes => Reading(database => database.SizeInBytes) + Volatile.Read(ref _kept).Bytes;

    public string? Failure => Volatile.Read(ref _failure) ?? _database.CheckpointFailure?.Message;

    public string? Damage => Volatile.Read(ref _damage);

    public IReadOnlyList<AccessToken> Tokens => Volatile.Read(ref _tokens);

    public bool Reached(FeedPosition position) => position.Number == 0
        || (position.Number > 0 && position.Number <= Interlocked.Read(ref _current)
            && EpochOf(position.Number) == position.Epoch);

    /// <summary>Before the first event this run's own epoch, under which that event will be written.</summary>
    public ulong EpochOf(long number) => _epochs.EpochOf(number) is var epoch and not 0 ? epoch : _epoch;

    public void Listen(ICommitListener listener) => Volatile.Write(ref _listener, listener);

    public Task WaitForEventAfterAsync(long number, CancellationToken cancellation)
    {
        // The signal is taken before the look, so that a commit in between is not missed.
        var next = _committed.Next();
        return Interlocked.Read(ref _current) > number
            ? Task.CompletedTask
            : cancellation.CanBeCanceled ? next.WaitAsync(cancellation) : next;
    }

    public async ValueTask ChangeTokensAsync(TokenChanges changes, CancellationToken cancellation) =>
        await ChangeAsync(() =>
        {
            CommitWithAudit(changes.Audit, database => database.ChangeTokens(changes));
            var changed = changes.Kept.Select(token => token.Id).Concat(changes.Dropped).ToHashSet();
            Volatile.Write(ref _tokens, [.. _tokens.Where(token => !changed.Contains(token.Id)), .. changes.Kept]);
            return true;
        }).ConfigureAwait(false);

    public async ValueTask RecoverAsync(CancellationToken cancellation) =>
        await ChangeAsync(() =>
        {
            Recover();
            return true;
        }).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        _changes.CompleteAdding();
        if (_writer.IsAlive)
        {
            await Task.Run(_writer.Join).ConfigureAwait(false);
        }

        lock (_changing)
        {
            PrepareNextStart();
            _databaseGate.EnterWriteLock();
            CloseDatabase();
            _closed = true;
            _databaseGate.ExitWriteLock();
        }

        _changes.Dispose();
        _databaseGate.Dispose();
        _lock.Dispose();
    }

    private static bool IsStorageFailure(Exception e) =>
        e is IOException or UnauthorizedAccessException or LiteException or InvalidDataException or StoreDamagedException;

    private void RunChanges()
    {
        foreach (var change in _changes.GetConsumingEnumerable())
        {
            change();
            CheckpointWhenDue();
        }
    }

    private Task<T> ChangeAsync<T>(Func<T> change)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _changes.Add(() =>
            {
                try
                {
                    result.SetResult(Change(change));
                }
                catch (StoreUnavailableException e)
                {
                    result.SetException(e);
                }
            });
        }
        catch (InvalidOperationException)
        {
            result.SetException(Closed());
        }

        return result.Task;
    }

    private T Change<T>(Func<T> change)
    {
        lock (_changing)
        {
            try
            {
                return _closed ? throw Closed() : change();
            }
            catch (Exception e) when (e is not StoreUnavailableException)
            {
                // Whatever it was, a transaction may be half done: nothing goes on before the files are read anew.
                throw Broke(e);
            }
        }
    }

    private static StoreUnavailableException Closed() => new("The store is closed.");

    /// <summary>One durable transaction; when it throws, nothing of it will ever be seen.</summary>
    private void Commit(Action<EventDatabase> changes)
    {
        Recover();
        var failure = _database.Commit(changes);
        _acknowledged = _database.LogEnd;
        if (failure is not null)
        {
            Broke(failure);
            return;
        }

        TellRecovery();
    }

    private T Reading<T>(Func<EventDatabase, T> read)
    {
        _databaseGate.EnterReadLock();
        try
        {
            return read(_database);
        }
        catch (StoreDamagedException e)
        {
            NoteDamage(e);
            throw;
        }
        finally
        {
            _databaseGate.ExitReadLock();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2001, Level = LogLevel.Information,
            Message = "Opened {Events} events of {Instances} instances in {ElapsedMs} ms; {Dropped} unfinished log frames dropped.")]
        public static partial void Opened(ILogger logger, long events, int instances, long elapsedMs, int dropped);

        [LoggerMessage(EventId = 2002, Level = LogLevel.Error,
            Message = "The store cannot commit: {Reason} Reports are refused until it can; it goes on trying.")]
        public static partial void Broke(ILogger logger, string reason, Exception? exception);

        [LoggerMessage(EventId = 2003, Level = LogLevel.Information, Message = "The store commits again.")]
        public static partial void Recovered(ILogger logger);

        [LoggerMessage(EventId = 2004, Level = LogLevel.Warning,
            Message = "The store was closed without a snapshot: {Reason} Nothing is lost; the next start takes longer.")]
        public static partial void CloseIncomplete(ILogger logger, string reason);

        [LoggerMessage(EventId = 2007, Level = LogLevel.Information,
            Message = "Closed at {Events} events of {Instances} instances; {Slots} parts of the state written, in {ElapsedMs} ms.")]
        public static partial void Closed(ILogger logger, long events, int instances, int slots, long elapsedMs);

        [LoggerMessage(EventId = 2006, Level = LogLevel.Error,
            Message = "Stored data is damaged: {Reason} Stop the server and run it with --verify.")]
        public static partial void Damaged(ILogger logger, string reason);

        [LoggerMessage(EventId = 2008, Level = LogLevel.Warning,
            Message = "'{Path}' is not needed any more and cannot be deleted: {Reason} The next start tries again.")]
        public static partial void NotDeleted(ILogger logger, string path, string reason);

        [LoggerMessage(EventId = 2005, Level = LogLevel.Debug, Message = "Closing the broken database failed.")]
        public static partial void CloseFailed(ILogger logger, Exception exception);
    }
}
