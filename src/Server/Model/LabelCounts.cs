namespace Telemetry.Server.Model;

/// <summary>Counts by label, in ascending order of the label's index in its <see cref="LabelRegister"/>.</summary>
internal readonly struct LabelCounts : IEquatable<LabelCounts>
{
    public static readonly LabelCounts Empty;

    private readonly LabelCount[]? _items;

    public LabelCounts(LabelCount[] items) => _items = items;

    public ReadOnlySpan<LabelCount> Items => _items;

    public bool Equals(LabelCounts other) => Items.SequenceEqual(other.Items);

    public override bool Equals(object? obj) => obj is LabelCounts other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in Items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }
}

/// <summary>How often one label was counted.</summary>
internal readonly record struct LabelCount(byte Label, uint Count);
