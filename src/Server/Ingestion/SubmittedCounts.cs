using Telemetry.Server.Model;

namespace Telemetry.Server.Ingestion;

/// <summary>Collects a map of counts label by label, forgetting at once every label that an app does not ship.</summary>
internal sealed class SubmittedCounts(LabelRegister register)
{
    private readonly long[] _counts = new long[register.Count];
    private ulong _seen;

    /// <summary>How many entries were added.</summary>
    public int Entries { get; private set; }

    /// <summary>How many entries fell together under "custom".</summary>
    public int CustomEntries { get; private set; }

    /// <summary>Whether a count was negative or beyond <see cref="ReportLimits.MaxCount"/>.</summary>
    public bool OutOfRange { get; private set; }

    public void Add(string label, long count)
    {
        Entries++;
        if (count is < 0 or > ReportLimits.MaxCount)
        {
            OutOfRange = true;
            return;
        }

        var index = register.IndexOf(label);
        if (index == LabelRegister.Custom)
        {
            CustomEntries++;
        }

        _seen |= 1UL << index;
        _counts[index] = Math.Min(_counts[index] + count, ReportLimits.MaxCount);
    }

    public LabelCounts ToLabelCounts()
    {
        if (_seen == 0)
        {
            return LabelCounts.Empty;
        }

        var items = new LabelCount[System.Numerics.BitOperations.PopCount(_seen)];
        for (int index = 0, next = 0; index < _counts.Length; index++)
        {
            if ((_seen >> index & 1) != 0)
            {
                items[next++] = new LabelCount((byte)index, (uint)_counts[index]);
            }
        }

        return new LabelCounts(items);
    }
}
