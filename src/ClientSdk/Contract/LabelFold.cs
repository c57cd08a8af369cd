using Telemetry.Contracts.Rules;

namespace Telemetry.Client.Contract;

/// <summary>Counts what the contract has no label for under "custom", so that no text of somebody's own gets out.</summary>
internal static class LabelFold
{
    public static void Apply(ContractMessage message)
    {
        foreach (var (field, value) in message.Values.ToList())
        {
            if (value is ContractMessage inner)
            {
                Apply(inner);
            }
            else if (FieldPolicies.Of(field)?.Labels is { Count: > 0 } labels)
            {
                var known = labels.ToHashSet(StringComparer.Ordinal);
                message[field] = Fold(value, label => known.Contains(label) ? label : FieldPolicies.CustomLabel);
            }
        }
    }

    private static object Fold(object value, Func<string, string> nameOf)
    {
        switch (value)
        {
            case string label:
                return nameOf(label);
            case List<object> labels:
                // In an order of its own, so that the same labels make the same bytes.
                return labels.Cast<string>().Select(nameOf).Distinct().Order(StringComparer.Ordinal).ToList<object>();
            case SortedDictionary<string, object> counts:
                var folded = new SortedDictionary<string, object>(StringComparer.Ordinal);
                foreach (var (label, count) in counts)
                {
                    var name = nameOf(label);
                    folded[name] = folded.TryGetValue(name, out var before) ? (ulong)before + (ulong)count : count;
                }

                return folded;
            default:
                return value;
        }
    }
}
