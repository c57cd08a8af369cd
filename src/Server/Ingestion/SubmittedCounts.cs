using System.Numerics;
using System.Text;
using Telemetry.Server.Model;

namespace Telemetry.Server.Ingestion;

/// <summary>Collects a map of counts label by label; a label that no app ships lives as long as the call and no longer.</summary>
internal sealed class SubmittedCounts(LabelRegister register)
{
    private const uint OutOfRangeCount = uint.MaxValue;

    private readonly uint[] _counts = new uint[register.Count];
    private ulong _seen;
    private Dictionary<string, uint>? _custom;

    /// <summary>How many entries there are; stops once there are more than a map may have.</summary>
    public int Entries => BitOperations.PopCount(_seen) + CustomEntries;

    /// <summary>How many of them fall together under "custom".</summary>
    public int CustomEntries => _custom?.Count ?? 0;

    /// <summary>Whether a count is negative or beyond <see cref="ReportLimits.MaxCount"/>.</summary>
    public bool OutOfRange =>
        _counts.AsSpan().Contains(OutOfRangeCount) || (_custom is not null && _custom.ContainsValue(OutOfRangeCount));

    /// <summary>Sets a label's count; set again, the last one holds, as in a protobuf map.</summary>
    public void Set(string label, long count)
    {
        if (register.IndexOf(label) is var index and not LabelRegister.Custom)
        {
            SetShipped(index, count);
        }
        else
        {
            SetCustom(label, count);
        }
    }

    /// <inheritdoc cref="Set(string, long)"/>
    public void Set(ReadOnlySpan<byte> utf8Label, long count)
    {
        if (register.IndexOf(utf8Label) is var index and not LabelRegister.Custom)
        {
            SetShipped(index, count);
        }
        else
        {
            SetCustom(Encoding.UTF8.GetString(utf8Label), count);
        }
    }

    public LabelCounts ToLabelCounts()
    {
        if (Entries == 0)
        {
            return LabelCounts.Empty;
        }

        var items = new LabelCount[BitOperations.PopCount(_seen) + (_custom is null ? 0 : 1)];
        var next = 0;
        if (_custom is not null)
        {
            var sum = _custom.Values.Sum(count => (long)count);
            items[next++] = new LabelCount(LabelRegister.Custom, (uint)Math.Min(sum, ReportLimits.MaxCount));
        }

        for (var rest = _seen; rest != 0; rest &= rest - 1)
        {
            var index = BitOperations.TrailingZeroCount(rest);
            items[next++] = new LabelCount((byte)index, _counts[index]);
        }

        return new LabelCounts(items);
    }

    private void SetShipped(byte index, long count)
    {
        _seen |= 1UL << index;
        _counts[index] = InRange(count);
    }

    private void SetCustom(string label, long count)
    {
        if (Entries <= ReportLimits.MaxMapEntries)
        {
            (_custom ??= new Dictionary<string, uint>(StringComparer.Ordinal))[label] = InRange(count);
        }
    }

    private static uint InRange(long count) => count is < 0 or > ReportLimits.MaxCount ? OutOfRangeCount : (uint)count;
}
