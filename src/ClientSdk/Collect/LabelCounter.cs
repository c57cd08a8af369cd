using Telemetry.Contracts.V1;

namespace Telemetry.Client.Collect;

/// <summary>Counts labels under the names that the contract knows, and everything else under "custom".</summary>
/// <param name="map">Number of the map in <see cref="RoomVoxUsage"/>.</param>
internal sealed class LabelCounter(int map)
{
    public const string Custom = "custom";

    private readonly HashSet<string> _known =
    [
        .. RoomVoxUsage.Descriptor.FindFieldByNumber(map).GetOptions()
            .GetExtension(FieldPolicyExtensions.FieldPolicy).Labels,
    ];
    private readonly SortedDictionary<string, uint> _counts = new(StringComparer.Ordinal);

    /// <summary>Counts by label, ordered, so that the same rooms make the same bytes.</summary>
    public IDictionary<string, uint> Counts => _counts;

    public void Count(string label) => Add(NameOf(label), 1);

    /// <summary>Counts each of one room's labels once.</summary>
    public void Count(IEnumerable<string> labels)
    {
        foreach (var name in labels.Select(NameOf).Distinct(StringComparer.Ordinal))
        {
            Add(name, 1);
        }
    }

    public void Add(string label, uint count)
    {
        var name = NameOf(label);
        _counts[name] = _counts.GetValueOrDefault(name) + count;
    }

    private string NameOf(string label) => _known.Contains(label) ? label : Custom;
}
