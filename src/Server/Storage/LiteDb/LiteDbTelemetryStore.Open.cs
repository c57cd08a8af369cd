using System.Diagnostics;
using LiteDB;
using Telemetry.Server.Storage.Records;
using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class LiteDbTelemetryStore
{
    public const string DataFileName = "telemetry.db";

    private const string LogFileName = "telemetry.log";
    private const string SecondLogFileName = "telemetry.2.log";
    private const int ReplayPage = 1_024;

    /// <summary>Opens the data directory, makes it when it is new, and recovers what the last process left.</summary>
    /// <exception cref="StoreOpenException">The message tells an operator why not and what to do.</exception>
    public static LiteDbTelemetryStore Open(
        LiteDbStoreOptions options, TimeProvider time, ILogger<LiteDbTelemetryStore> logger)
    {
        var watch = Stopwatch.StartNew();
        var directoryLock = DirectoryLock.Take(options.Directory);
        EventDatabase? database = null;
        try
        {
            RefuseHalfAStore(options);
            database = OpenDatabase(options, knownEnd: null);
            Migrations.Run(database, options.Directory);
            var store = new LiteDbTelemetryStore(options, time, logger, directoryLock, database);
            store.Load();
            store._writer.Start();
            Log.Opened(
                logger, store._current, store.InstanceCount, watch.ElapsedMilliseconds, database.DroppedFrames);
            return store;
        }
        catch (Exception e)
        {
            database?.Dispose();
            directoryLock.Dispose();
            throw Explain(e, options.Directory);
        }
    }

    private static EventDatabase OpenDatabase(LiteDbStoreOptions options, LogEnd? knownEnd)
    {
        // The logs first: a data file without a log is then never the trace of a first start that was cut short.
        var files = new List<IStorageFile>();
        try
        {
            foreach (var name in new[] { LogFileName, SecondLogFileName, DataFileName })
            {
                files.Add(options.OpenFile(Path.Combine(options.Directory, name)));
            }

            return new EventDatabase(files[2], files[0], files[1], knownEnd);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>The logs may hold acknowledged reports that are not in the data file yet; they belong together.</summary>
    private static void RefuseHalfAStore(LiteDbStoreOptions options)
    {
        string PathOf(string name) => Path.Combine(options.Directory, name);
        if (!File.Exists(PathOf(DataFileName)))
        {
            return;
        }

        var missing = !File.Exists(PathOf(LogFileName)) ? LogFileName
            : !File.Exists(PathOf(SecondLogFileName)) && IsOfPair(PathOf(LogFileName)) ? SecondLogFileName
            : null;
        if (missing is not null)
        {
            throw new StoreOpenException(
                $"'{DataFileName}' lies in '{options.Directory}' without '{missing}', which may hold acknowledged reports. "
                + "Restore all of them from the same backup.");
        }

        bool IsOfPair(string path)
        {
            using var file = options.OpenFile(path);
            return new LogFile(file).IsOfPair;
        }
    }

    private static Exception Explain(Exception e, string directory) => e switch
    {
        StoreOpenException => e,
        IOException or UnauthorizedAccessException => new StoreOpenException(
            $"The data directory '{directory}' cannot be read or written: {e.Message} Check space and permissions.", e),
        LiteException or InvalidDataException => new StoreOpenException(
            $"The files in '{directory}' are damaged or not a store of this server: {e.Message} "
            + "Restore them from a backup, or choose another directory with --data.", e),
        _ => e,
    };

    /// <summary>State: the stored slots, then the events that came after them.</summary>
    private void Load()
    {
        _acknowledged = _database.LogEnd;
        _current = _database.NewestNumber();
        _oldest = _database.OldestNumber();
        _tokens = [.. _database.ReadTokens()];
        foreach (var (first, epoch) in _database.ReadEpochs())
        {
            _epochs.Add(first, epoch);
        }

        foreach (var rows in _database.ReadSlots())
        {
            LoadSlot(rows);
        }

        var replayFrom = _database.ReadReplayFrom();
        _snapshots.Grow(_instances.Blocks, replayFrom);
        for (var number = replayFrom; number < _current;)
        {
            var page = ReadStored(Math.Max(number + 1, _oldest), Math.Min(number + ReplayPage, _current));
            foreach (var stored in page)
            {
                _instances.Replay(stored);
            }

            number += ReplayPage;
            _snapshots.Grow(_instances.Blocks, replayFrom);
        }
    }

    private void LoadSlot(byte[] rows)
    {
        var reader = new RecordReader(rows);
        while (!reader.Rest.IsEmpty)
        {
            var (state, recentIds) = InstanceRecord.Read(reader.Take(reader.Raw()));
            _instances.Restore(state, recentIds);
        }
    }
}
