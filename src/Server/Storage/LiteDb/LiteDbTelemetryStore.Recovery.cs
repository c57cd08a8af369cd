using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class LiteDbTelemetryStore
{
    /// <summary>Between two attempts to open the files anew; a full disk should not be hammered.</summary>
    private static readonly TimeSpan RecoveryPause = TimeSpan.FromSeconds(1);

    /// <summary>Between two lines in the log about the same failure.</summary>
    private static readonly TimeSpan ReminderPause = TimeSpan.FromMinutes(10);

    private StoreUnavailableException Broke(Exception e)
    {
        var now = _time.GetUtcNow();
        _broken = true;
        _recoverNotBefore = now + RecoveryPause;
        NoteDamage(e);
        _isRecoveryUntold = false;
        if (_told != e.Message || now >= _sayAgainAt)
        {
            // The words of a disk say it all; only a bug needs its stack.
            Log.Broke(_logger, e.Message, IsStorageFailure(e) ? null : e);
            (_told, _sayAgainAt) = (e.Message, now + ReminderPause);
        }

        Volatile.Write(ref _failure, e.Message);
        return new StoreUnavailableException("The store cannot commit: " + e.Message, e);
    }

    private void NoteDamage(Exception e)
    {
        if (e is StoreDamagedException && Interlocked.Exchange(ref _damage, e.Message) != e.Message)
        {
            Log.Damaged(_logger, e.Message);
        }
    }

    /// <summary>After a failure: discards the engine, whose memory is ahead of the disk, and opens the files anew.</summary>
    private void Recover()
    {
        if (!_broken && _database.CheckpointFailure is { } failure)
        {
            Broke(failure);
        }

        if (!_broken)
        {
            return;
        }

        if (_time.GetUtcNow() < _recoverNotBefore)
        {
            throw new StoreUnavailableException("The store cannot commit: " + Failure);
        }

        _databaseGate.EnterWriteLock();
        try
        {
            CloseDatabase();
            _database = OpenDatabase(_options, _acknowledged);
            if (NewestIn(_database) is var newest && newest != _current && _current != 0)
            {
                throw new InvalidDataException(
                    $"The store ends at {newest} instead of {_current}; restart the server to read it anew.");
            }
        }
        finally
        {
            _databaseGate.ExitWriteLock();
        }

        // What could not be moved then may not be movable now either, and a disk that is read may still be full.
        _database.FinishCheckpoint();
        _database.Commit(database => database.WriteSchemaVersion(EventDatabase.SchemaVersion));
        _acknowledged = _database.LogEnd;
        _broken = false;
        Volatile.Write(ref _failure, null);
        _isRecoveryUntold = true;
    }

    /// <summary>Once something is stored again: on a disk that is nearly full the files can be opened anew, again and again.</summary>
    private void TellRecovery()
    {
        if (_isRecoveryUntold)
        {
            (_isRecoveryUntold, _told) = (false, null);
            Log.Recovered(_logger);
        }
    }

    private void CloseDatabase()
    {
        try
        {
            _database.Dispose();
        }
        catch (Exception e) when (IsStorageFailure(e) || e is ObjectDisposedException or AggregateException)
        {
            Log.CloseFailed(_logger, e);
        }
    }
}
