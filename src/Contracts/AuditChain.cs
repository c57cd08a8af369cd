using System.Globalization;
using Google.Protobuf;
using Telemetry.Contracts.Rules;

namespace Telemetry.Contracts.V1;

/// <summary>Verifies entries of an audit log, one after another, without believing whoever hands them out.</summary>
/// <remarks>
/// A chain proves that nothing in it was changed since somebody last saw its end. Whoever can write all of the store can write a
/// new chain: only a head that was kept elsewhere tells that one from the old. Not thread-safe.
/// </remarks>
public sealed class AuditChain
{
    /// <summary>Whoever hands out a log may hand out any number of faults.</summary>
    private const int MostFindings = 100;

    private readonly List<string> _findings = [];
    private readonly AuditHead? _known;
    private ByteString? _beginning;
    private bool _isBeginningExplained;
    private bool _isKnownSeen;

    /// <param name="known">An end of this log that was seen before, and must be in it still; null when none was.</param>
    public AuditChain(AuditHead? known = null) => _known = known;

    /// <summary>How many entries were taken.</summary>
    public ulong Count { get; private set; }

    /// <summary>The number of the first one; 0 before it.</summary>
    public ulong First { get; private set; }

    /// <summary>The last one; null before the first.</summary>
    public AuditHead? Head { get; private set; }

    /// <summary>Takes the next entry.</summary>
    /// <param name="entry">The entry.</param>
    public void Take(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (Head is null)
        {
            (First, _beginning) = (entry.Number, entry.PreviousHash);
            if (entry.Number == 1 && !entry.PreviousHash.Span.SequenceEqual(AuditHash.Beginning.Span))
            {
                Find($"entry {entry.Number} continues an entry that there is none of");
            }
        }
        else if (entry.Number <= Head.Number)
        {
            Find($"entry {entry.Number} comes after entry {Head.Number}");
        }
        else if (entry.Number > Head.Number + 1)
        {
            Find($"entries {Head.Number + 1} to {entry.Number - 1} are missing");
        }
        else if (entry.PreviousHash != Head.Hash)
        {
            Find($"entry {entry.Number} does not continue entry {Head.Number}");
        }

        if (!entry.Hash.Span.SequenceEqual(AuditHash.Of(entry.PreviousHash.Span, entry.Number, entry.Written.Span)))
        {
            Find($"entry {entry.Number} is not what was written");
        }
        else if (!IsWhatWasWritten(entry))
        {
            Find($"entry {entry.Number} is shown as something else than was written");
        }

        if (entry.Record?.Forgotten is { } forgotten && forgotten.ThroughNumber + 1 == First && forgotten.ThroughHash == _beginning)
        {
            _isBeginningExplained = true;
        }

        if (_known is not null && entry.Number == _known.Number)
        {
            _isKnownSeen = true;
            if (entry.Hash != _known.Hash)
            {
                Find($"entry {entry.Number} is another one than was seen before");
            }
        }

        Head = new AuditHead { Number = entry.Number, Hash = entry.Hash };
        Count++;
    }

    /// <summary>Says what is wrong with all that was taken, of many faults the first ones; empty when nothing is.</summary>
    public IReadOnlyList<string> Findings()
    {
        var findings = new List<string>(_findings);
        if (First > 1 && !_isBeginningExplained)
        {
            findings.Add(string.Create(CultureInfo.InvariantCulture, $"entries 1 to {First - 1} are missing, and no entry says that their time was over"));
        }

        if (_known is not null && !_isKnownSeen && _known.Number >= First)
        {
            findings.Add(string.Create(CultureInfo.InvariantCulture, $"entry {_known.Number}, which was seen before, is missing: the log ends at {Head?.Number ?? 0}"));
        }

        return findings;
    }

    private static bool IsWhatWasWritten(AuditEntry entry)
    {
        try
        {
            return AuditRecord.Parser.ParseFrom(entry.Written).Equals(entry.Record);
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private void Find(FormattableString what)
    {
        if (_findings.Count < MostFindings)
        {
            _findings.Add(FormattableString.Invariant(what));
        }
    }
}
