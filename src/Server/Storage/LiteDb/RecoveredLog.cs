using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>The two log files as a start finds them: which is written, and what is acknowledged. Only reads.</summary>
/// <remarks>
/// What a crash can leave: a torn header of a filling that was just begun, and torn or missing frames of the one commit
/// that was being written. Everything else that is not whole was damaged later, and is refused.
/// </remarks>
internal sealed class RecoveredLog
{
    private readonly LogEnd? _knownEnd;

    /// <param name="first">The first file; two empty ones become a new log.</param>
    /// <param name="second">The second file.</param>
    /// <param name="hasData">Whether the data file holds anything; it is written after the log was begun.</param>
    /// <param name="knownEnd">
    /// After a failed commit: the end up to which everything was acknowledged. What lies beyond was refused to its
    /// senders and must not come back.
    /// </param>
    /// <exception cref="StoreDamagedException">The files are no logs, not of one store, or damaged.</exception>
    public RecoveredLog(IStorageFile first, IStorageFile second, bool hasData, LogEnd? knownEnd = null)
    {
        _knownEnd = knownEnd;
        (Current, Other) = (new LogFile(first, StoreFiles.FirstLog), new LogFile(second, StoreFiles.SecondLog));
        if (Current.Epoch < Other.Epoch)
        {
            (Current, Other) = (Other, Current);
        }

        if (Current.Epoch == 0)
        {
            if (hasData)
            {
                throw Current.Damaged(0, "it was never begun, although the data file holds something");
            }

            return;
        }

        RefuseWhatIsMissing(hasData);
        var before = Current.Before;
        if (before.Frames > 0 && Other.Epoch != Current.Epoch - 1)
        {
            throw Other.Damaged(0, "the two log files do not belong together");
        }

        IsOtherNeeded = before.Frames > 0 && !(Current.Mark.Epoch == Current.Epoch && Current.Mark.IsOtherMoved);
        if (IsOtherNeeded)
        {
            // Synced before the current file's header was written, so nothing less will do.
            Other.Recover(before.Frames, before.Frames);
            if (Other.Durable != before)
            {
                throw Other.Damaged(0, "the two log files do not belong together");
            }
        }

        if (knownEnd?.Epoch == Current.Epoch)
        {
            Current.Recover(knownEnd.Value.Frames, knownEnd.Value.Frames);
        }
        else
        {
            Current.Recover();
        }
    }

    public LogFile Current { get; }

    public LogFile Other { get; }

    /// <summary>Whether the other file has pages that may not be in the data file.</summary>
    public bool IsOtherNeeded { get; }

    /// <summary>Whether nothing was ever committed: what the data file holds then is the trace of a start that was cut short.</summary>
    public bool IsNew => Current.Epoch <= 1 && Current.Frames == 0;

    /// <summary>Makes what was found what counts from now on.</summary>
    public void Settle()
    {
        if (Current.Epoch == 0)
        {
            Current.Begin(1, default);
        }
        else if (_knownEnd is not null || !Current.HasTwoHeaders || Current.Mark.Epoch != Current.Epoch
            || Current.Mark.End != Current.Durable)
        {
            Current.Settle(cut: _knownEnd is not null);
        }
    }

    private void RefuseWhatIsMissing(bool hasData)
    {
        if (Current.Mark.Epoch == Current.Epoch && Current.Mark.IsClosed)
        {
            throw Other.Damaged(0, $"the two log files do not belong together: the one after '{Current.Name}' is missing in it");
        }

        var isBegun = Current.Epoch == 1 ? hasData : Other.Mark.Epoch == Current.Epoch - 1 && Other.Mark.IsClosed;
        if (isBegun && !Current.IsWholeHead)
        {
            throw Current.Damaged(LogHeader.PositionOf(1), "the file has become shorter");
        }
    }
}
