using System.Diagnostics;
using Telemetry.DataFiles;
using Telemetry.Server.Model;
using Telemetry.Schema;
using Telemetry.Server.Storage.LiteDb.Segments;
using Telemetry.Server.Storage.Records;
using Telemetry.Server.Storage.State;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class LiteDbTelemetryStore
{
    private const int ReplayPage = 1_024;

    /// <summary>Opens the data directory, makes it when it is new, and recovers what the last process left.</summary>
    /// <exception cref="StoreOpenException">The message tells an operator why not and what to do.</exception>
    public static LiteDbTelemetryStore Open(
        LiteDbStoreOptions options, AppRegistry apps, TimeProvider time, ILogger<LiteDbTelemetryStore> logger)
    {
        var watch = Stopwatch.StartNew();
        var directoryLock = DirectoryLock.Take(options.Directory);
        EventDatabase? database = null;
        try
        {
            RefuseHalfAStore(options.Directory);
            database = OpenDatabase(options, knownEnd: null);
            Migrations.Run(database, options.Directory);
            CheckSecret(database, options);
            RestoreApps(database, apps);
            var store = new LiteDbTelemetryStore(options, apps, time, logger, directoryLock, database);
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

    /// <summary>Under another secret every installation would look like a stranger, silently.</summary>
    private static void CheckSecret(EventDatabase database, LiteDbStoreOptions options)
    {
        if (options.SecretCheck is not { } check)
        {
            return;
        }

        var known = database.ReadSecretCheck();
        if (known is null && database.Commit(changing => changing.WriteSecretCheck(check)) is { } failure)
        {
            throw failure;
        }

        if (known is not null && known != check)
        {
            throw new StoreOpenException(
                $"The secret is not the one under which the reports in '{options.Directory}' were stored: its file was damaged "
                + "or belongs to another data directory. Restore it from a backup.");
        }
    }

    private static EventDatabase OpenDatabase(LiteDbStoreOptions options, LogEnd? knownEnd)
    {
        var files = new List<IStorageFile>();
        try
        {
            files.AddRange(StoreFiles.All.Select(name => options.OpenFile(Path.Combine(options.Directory, name))));
            return new EventDatabase(files[2], files[0], files[1], knownEnd);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>The logs may hold acknowledged reports that are not in the data file yet; they belong together.</summary>
    private static void RefuseHalfAStore(string directory)
    {
        if (File.Exists(Path.Combine(directory, RestoredNote.UnfinishedName)))
        {
            throw new StoreOpenException($"A restore into '{directory}' was cut short. Run 'telemetry backup restore' again: it begins anew.");
        }

        var missing = Array.Find(StoreFiles.All, name => !File.Exists(Path.Combine(directory, name)));
        if (missing is not null && File.Exists(Path.Combine(directory, StoreFiles.Data)))
        {
            throw new StoreOpenException(
                $"'{StoreFiles.Data}' lies in '{directory}' without '{missing}', which may hold acknowledged reports. "
                + "Restore all of them from the same backup.");
        }

        if (!File.Exists(Path.Combine(directory, StoreFiles.Data)) && SegmentFilesIn(directory).Any())
        {
            throw new StoreOpenException(
                $"'{SegmentsIn(directory)}' holds reports without '{StoreFiles.Data}', which says what they are. "
                + "Restore all of the directory from the same backup.");
        }
    }

    private static Exception Explain(Exception e, string directory) => e switch
    {
        StoreOpenException => e,
        StoreDamagedException => new StoreOpenException(
            $"The store in '{directory}' is damaged: {e.Message} If the server went on, acknowledged reports could be lost "
            + "without a word. Restore the whole directory from a backup, or keep what can be proven: run the server "
            + "once with --salvage. If these files are not a store of this server, choose another directory with --data.", e),
        IOException or UnauthorizedAccessException => new StoreOpenException(
            $"The data directory '{directory}' cannot be read or written: {e.Message} Check space and permissions.", e),
        OutOfMemoryException => e,
        // LiteDB trusts its pages, so what it throws when they contradict each other can be anything.
        _ => new StoreOpenException(
            $"'{StoreFiles.Data}' in '{directory}' contradicts itself: {e.Message} Restore the whole directory from a backup, or keep "
            + "what can be proven: run the server once with --salvage.", e),
    };

    /// <summary>State: the stored slots, then the events that came after them.</summary>
    private void Load()
    {
        _acknowledged = _database.LogEnd;
        _gaps = new NumberTable(_database.ReadGaps().Select(gap => new NumberRange(gap.First, gap.Last)));
        LoadErasures();
        _kept = new KeptEvents([.. _database.ReadSegments()], _database.ReadDropped());
        _current = NewestIn(_database);
        _oldest = OldestOf(_kept);
        SettleSegments();
        _tokens = [.. _database.ReadTokens()];
        _erasedSeats = [.. _database.ReadErasedSeats()];
        LoadAudit();
        foreach (var (first, epoch) in _database.ReadEpochs())
        {
            _epochs.Add(first, epoch);
        }

        foreach (var (slot, rows) in _database.ReadSlots())
        {
            LoadSlot(slot, rows);
        }

        var replayFrom = _database.ReadReplayFrom();
        _snapshots.Grow(_fleet.Slots, replayFrom);
        for (var number = Math.Max(replayFrom, _kept.Dropped); number < _current;)
        {
            var page = ReadStored(number + 1, Math.Min(number + ReplayPage, _current));
            foreach (var stored in page)
            {
                _fleet.Replay(stored);
            }

            number += ReplayPage;
            _snapshots.Grow(_fleet.Slots, replayFrom);
        }
    }

    private void LoadSlot(int slot, byte[] rows)
    {
        foreach (var record in RecordReader.Split(rows))
        {
            _fleet.Restore(slot, InstanceRecord.Read(record));
        }
    }
}
