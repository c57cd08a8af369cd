using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Telemetry.Contracts.Rules;
using Telemetry.Schema.Kinds;

namespace Telemetry.Schema;

/// <summary>Collects one field's counts label by label; a text that is nobody's but its author's is gone with the report.</summary>
/// <remarks>
/// Used again for the next report, so that labels cost no objects. Own texts are kept apart only to count each once: the last
/// count of a label holds, as in a protobuf map.
/// </remarks>
internal sealed class CountsScratch
{
    /// <summary>Drawn at each start: texts whose hashes collide cannot be made on purpose.</summary>
    private static readonly long Seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private static readonly byte[] CustomLabel = Encoding.UTF8.GetBytes(FieldPolicies.CustomLabel);

    private const int FirstTable = 64;

    private long[] _shipped = [];
    private int _shippedSeen;
    private Own[] _own = new Own[FirstTable / 2];
    private int _ownCount;
    private int[] _table = new int[FirstTable];
    private byte[] _bytes = new byte[FirstTable * 16];
    private int _bytesUsed;
    private LabelSet? _labels;

    /// <summary>How many different labels there are; stops once there are more than a field may have.</summary>
    public int Entries => _shippedSeen + _ownCount;

    /// <summary>How many of them fall together under "custom".</summary>
    public int OwnEntries { get; private set; }

    public bool IsWrongType { get; private set; }

    public bool IsOutOfRange { get; private set; }

    /// <summary>What is stored, in the contract's order and then the rest.</summary>
    public List<(byte[] Utf8Label, long Count)> Finished { get; } = [];

    /// <summary>At least what the counts take when they are written.</summary>
    public int MaxSize { get; private set; }

    public void Clear(SchemaField field)
    {
        _labels = field.Labels;
        if (_shipped.Length != (_labels?.Names.Count ?? 0))
        {
            _shipped = new long[_labels?.Names.Count ?? 0];
        }

        Array.Fill(_shipped, Cell.Absent);
        if (_ownCount > 0)
        {
            Array.Clear(_table);
            // Somebody's texts: nothing of them stays.
            Array.Clear(_bytes, 0, _bytesUsed);
        }

        (_shippedSeen, _ownCount, _bytesUsed, OwnEntries, IsWrongType, IsOutOfRange, MaxSize) = (0, 0, 0, 0, false, false, 0);
        Finished.Clear();
    }

    /// <param name="utf8Label">The label.</param>
    /// <param name="count">Its count, or <see cref="Cell.Refused"/>.</param>
    public void Set(ReadOnlySpan<byte> utf8Label, long count)
    {
        if (_labels?.IndexOf(utf8Label) is { } index and >= 0)
        {
            _shippedSeen += _shipped[index] == Cell.Absent ? 1 : 0;
            _shipped[index] = count;
        }
        else
        {
            SetOwn(utf8Label, count);
        }
    }

    /// <summary>Passes over a value that is of the wrong type.</summary>
    public void SetWrongType(ref Utf8JsonReader json)
    {
        json.Skip();
        IsWrongType = true;
    }

    /// <summary>Adds up what falls together.</summary>
    public void Finish(SchemaField field)
    {
        IsOutOfRange = _shipped.AsSpan().Contains(Cell.Refused) || _own.AsSpan(0, _ownCount).ContainsRefused();
        if (IsOutOfRange)
        {
            return;
        }

        for (var i = 0; i < _shipped.Length; i++)
        {
            Add(_labels!.Utf8[i], _shipped[i]);
        }

        if (_labels is not null)
        {
            OwnEntries = _ownCount;
            Add(CustomLabel, _own.AsSpan(0, _ownCount).Sum(field.Max));
        }
        else
        {
            AddFormatted(field);
        }
    }

    private void AddFormatted(SchemaField field)
    {
        var known = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var custom = Cell.Absent;
        foreach (var own in _own.AsSpan(0, _ownCount))
        {
            var text = own.Length <= TextKind.MaxLength ? Encoding.UTF8.GetString(_bytes, own.Start, own.Length) : "";
            if (text.Length > 0 && TextKind.Of(field.Policy.Format).Normalize(text, field) is { } label)
            {
                known[label] = Math.Min(known.GetValueOrDefault(label) + own.Count, field.Max);
            }
            else
            {
                OwnEntries++;
                custom = Math.Min(Math.Max(custom, 0) + own.Count, field.Max);
            }
        }

        foreach (var (label, count) in known)
        {
            Add(Encoding.UTF8.GetBytes(label), count);
        }

        Add(CustomLabel, custom);
    }

    private void Add(byte[] label, long count)
    {
        if (count != Cell.Absent)
        {
            Finished.Add((label, count));
            MaxSize += label.Length + (3 * BackwardWriter.MaxNumber);
        }
    }

    private void SetOwn(ReadOnlySpan<byte> utf8, long count)
    {
        var hash = XxHash3.HashToUInt64(utf8, Seed);
        var mask = _table.Length - 1;
        var slot = (int)hash & mask;
        for (; _table[slot] != 0; slot = (slot + 1) & mask)
        {
            ref var own = ref _own[_table[slot] - 1];
            if (own.Hash == hash && _bytes.AsSpan(own.Start, own.Length).SequenceEqual(utf8))
            {
                own.Count = count;
                return;
            }
        }

        if (Entries > CountsKind.MaxEntries)
        {
            return;
        }

        Grow(utf8.Length);
        utf8.CopyTo(_bytes.AsSpan(_bytesUsed));
        _own[_ownCount++] = new Own { Hash = hash, Start = _bytesUsed, Length = utf8.Length, Count = count };
        _bytesUsed += utf8.Length;
        Place(_ownCount);
    }

    private void Place(int entry)
    {
        var mask = _table.Length - 1;
        var slot = (int)_own[entry - 1].Hash & mask;
        while (_table[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }

        _table[slot] = entry;
    }

    private void Grow(int length)
    {
        if (_bytesUsed + length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _bytesUsed + length));
        }

        if (_ownCount == _own.Length)
        {
            Array.Resize(ref _own, 2 * _own.Length);
            _table = new int[2 * _table.Length];
            for (var entry = 1; entry <= _ownCount; entry++)
            {
                Place(entry);
            }
        }
    }

    internal struct Own
    {
        public ulong Hash;
        public int Start;
        public int Length;
        public long Count;
    }
}

/// <summary>Over counts of own texts.</summary>
file static class OwnCounts
{
    public static bool ContainsRefused(this Span<CountsScratch.Own> counts)
    {
        foreach (var own in counts)
        {
            if (own.Count == Cell.Refused)
            {
                return true;
            }
        }

        return false;
    }

    /// <returns>At most <paramref name="max"/>, as all counts together can be more than a number holds; <see cref="Cell.Absent"/> when there are none.</returns>
    public static long Sum(this Span<CountsScratch.Own> counts, long max)
    {
        var sum = counts.IsEmpty ? Cell.Absent : 0;
        foreach (var own in counts)
        {
            sum = Math.Min(sum + own.Count, max);
        }

        return sum;
    }
}
