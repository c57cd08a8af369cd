using Telemetry.Contracts.Rules;

namespace Telemetry.Schema;

/// <summary>Whether an app's next contract still means what the one before meant: reports of both are out there, and stored.</summary>
internal static class SchemaCompatibility
{
    /// <summary>What changed its meaning; empty when nothing did. Fields may be added and removed, labels and values added.</summary>
    public static IEnumerable<ContractProblem> Compare(ReportSchema before, ReportSchema after)
    {
        var old = Usage(before);
        var now = Usage(after);
        foreach (var (number, field) in now)
        {
            if (old.TryGetValue(number, out var was))
            {
                if (Difference(was, field) is { } difference)
                {
                    yield return new ContractProblem(field.Path, difference);
                }
            }
            else if (old.Values.Any(other => other.Path == field.Path))
            {
                yield return new ContractProblem(field.Path, "has another number than before; numbers are for ever");
            }
            else if (field.IsRequired)
            {
                yield return new ContractProblem(field.Path, "is new and required; builds that are out there do not send it");
            }
        }
    }

    private static string? Difference(SchemaField before, SchemaField now)
    {
        if (before.Path != now.Path)
        {
            return $"has the number of {before.Path}; numbers are never used again";
        }

        return before.Kind != now.Kind ? "is of another type than before"
            : before.Policy.Format != now.Policy.Format ? "has another format than before"
            : before.Scale != now.Scale ? "keeps other decimals than before"
            : now.IsRequired && !before.IsRequired ? "becomes required; builds that are out there may not send it"
            : !Labels(now).Take(Labels(before).Count).SequenceEqual(Labels(before), StringComparer.Ordinal)
                ? "takes labels away or puts them in another order; the list only grows at its end"
            : before.Values is { } values && !values.IsPartOf(now.Values!)
                ? "takes values of its enumeration away or renames them"
                : null;
    }

    private static IReadOnlyList<string> Labels(SchemaField field) => field.Labels?.Names ?? [];

    /// <summary>By the numbers on the way to each: what a byte on the wire means.</summary>
    private static Dictionary<string, SchemaField> Usage(ReportSchema schema)
    {
        var fields = new Dictionary<string, SchemaField>(StringComparer.Ordinal);
        Add(schema.Usage, "");
        return fields;

        void Add(SchemaMessage message, string prefix)
        {
            foreach (var entry in message.Entries)
            {
                var number = $"{prefix}{entry.Number}";
                if (entry.Field is { } field)
                {
                    fields.Add(number, field);
                }
                else
                {
                    Add(entry.Message!, number + ".");
                }
            }
        }
    }
}
