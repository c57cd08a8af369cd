using System.Diagnostics;
using LiteDB;
using Telemetry.Server.Storage.Records;
using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class LiteDbTelemetryStore
{
    public const string DataFileName = "telemetry.db";

    private const string LogFileName = "telemetry.log";
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
            RefuseHalfAStore(options.Directory);
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
        // The log first: a data file without a log is then never the trace of a first start that was cut short.
        var log = options.OpenFile(Path.Combine(options.Directory, LogFileName));
        IStorageFile? data = null;
        try
        {
            data = options.OpenFile(Path.Combine(options.Directory, DataFileName));
            return new EventDatabase(data, log, knownEnd);
        }
        catch
        {
            data?.Dispose();
            log.Dispose();
            throw;
        }
    }

    /// <summary>The log may hold acknowledged reports that are not in the data file yet; the two belong together.</summary>
    private static void RefuseHalfAStore(string directory)
    {
        if (File.Exists(Path.Combine(directory, DataFileName)) && !File.Exists(Path.Combine(directory, LogFileName)))
        {
            throw new StoreOpenException(
                $"'{DataFileName}' lies in '{directory}' without '{LogFileName}', which may hold acknowledged reports. "
                + "Restore both from the same backup.");
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
