using Telemetry.Contracts.Apps.RoomVox.V1;
using Telemetry.Contracts.V1;

namespace RoomBooking;

/// <summary>Counts labels under the names that the contract knows, and everything else under "custom".</summary>
/// <param name="map">Number of the map in <see cref="Usage"/>.</param>
internal sealed class LabelCounter(int map)
{
    private const string Custom = "custom";

    private readonly HashSet<string> _known =
    [
        .. Usage.Descriptor.FindFieldByNumber(map).GetOptions()
            .GetExtension(FieldPolicyExtensions.FieldPolicy).Labels,
    ];
    private readonly SortedDictionary<string, uint> _counts = new(StringComparer.Ordinal);

    /// <summary>Counts by label, ordered, so that the same rooms make the same bytes.</summary>
    public IDictionary<string, uint> Counts => _counts;

    public void Count(string label) => Add(NameOf(label));

    /// <summary>Counts each of one room's labels once.</summary>
    public void Count(IEnumerable<string> labels)
    {
        foreach (var name in labels.Select(NameOf).Distinct(StringComparer.Ordinal))
        {
            Add(name);
        }
    }

    private void Add(string name) => _counts[name] = _counts.GetValueOrDefault(name) + 1;

    private string NameOf(string label) => _known.Contains(label) ? label : Custom;
}
