using Telemetry.Contracts.Rules;

namespace Telemetry.Schema;

/// <summary>Whether an app's next contract still means what the one before meant: reports of both are out there, and stored.</summary>
internal static class SchemaCompatibility
{
    /// <summary>What changed its meaning; empty when nothing did. Fields may be added and removed, labels and values added, limits raised.</summary>
    public static IEnumerable<ContractProblem> Compare(ReportSchema before, ReportSchema after)
    {
        var old = Usage(before);
        foreach (var (number, now) in Usage(after))
        {
            if (old.TryGetValue(number, out var was))
            {
                if (Difference(was, now) is { } difference)
                {
                    yield return new ContractProblem(now.Path, difference);
                }
            }
            else if (old.Values.Any(other => other.Path == now.Path))
            {
                yield return new ContractProblem(now.Path, "has another number than before; numbers are for ever");
            }
            else if (now.Field is { IsRequired: true })
            {
                yield return new ContractProblem(now.Path, "is new and required; builds that are out there do not send it");
            }
        }
    }

    private static string? Difference(Member before, Member now)
    {
        if (before.Path != now.Path)
        {
            return $"has the number of {before.Path}; numbers are never used again";
        }

        return (before.Field, now.Field) switch
        {
            (null, null) => null,
            ({ } was, { } field) => Difference(was, field),
            _ => "is of another type than before",
        };
    }

    private static string? Difference(SchemaField before, SchemaField now) =>
        before.Kind != now.Kind ? "is of another type than before"
            : before.Policy.Format != now.Policy.Format ? "has another format than before"
            : before.Scale != now.Scale ? "keeps other decimals than before"
            : now.Max < before.Max ? "has a smaller max than before; builds that are out there may report more"
            : now.IsRequired && !before.IsRequired ? "becomes required; builds that are out there may not send it"
            : !Labels(now).Take(Labels(before).Count).SequenceEqual(Labels(before), StringComparer.Ordinal)
                ? "takes labels away or puts them in another order; the list only grows at its end"
            : before.Values is { } values && !values.IsPartOf(now.Values!)
                ? "takes values of its enumeration away or renames them"
                : null;

    private static IReadOnlyList<string> Labels(SchemaField field) => field.Labels?.Names ?? [];

    /// <summary>By the numbers on the way to each: what a byte on the wire means.</summary>
    private static Dictionary<string, Member> Usage(ReportSchema schema)
    {
        var members = new Dictionary<string, Member>(StringComparer.Ordinal);
        Add(schema.Usage, "", "usage.");
        return members;

        void Add(SchemaMessage message, string numbers, string path)
        {
            foreach (var entry in message.Entries)
            {
                members.Add($"{numbers}{entry.Number}", new Member(path + entry.Name, entry.Field));
                if (entry.Message is { } inner)
                {
                    Add(inner, $"{numbers}{entry.Number}.", $"{path}{entry.Name}.");
                }
            }
        }
    }

    /// <summary>A field, or a message inside when it has none.</summary>
    private sealed record Member(string Path, SchemaField? Field);
}
