using System.Collections.Frozen;
using System.Text.Json;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema;

/// <summary>Finds what a JSON name stands for, without making strings.</summary>
internal sealed class JsonNames(IReadOnlyDictionary<string, JsonNames.Meaning> meanings)
{
    private const int LongestName = 64;

    /// <summary>A character can be written as \uXXXX, in six.</summary>
    private const int LongestWritten = 6 * LongestName;

    private readonly FrozenDictionary<string, Meaning>.AlternateLookup<ReadOnlySpan<char>> _lookup =
        meanings.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The contract's own form (ProtoJSON): lowerCamelCase names, and the names of the .proto.</summary>
    public static JsonNames OfContract(ReportSchema schema) => new(Of(schema.Report)
        .Append(KeyValuePair.Create(
            Wire.Report.Descriptor.FindFieldByNumber(Wire.Report.UsageFieldNumber).Name, new Meaning(null, new JsonNames(Of(schema.Usage)))))
        .ToDictionary(StringComparer.Ordinal));

    /// <summary>The meaning of the name that the reader stands on; null when it has none.</summary>
    public Meaning? Find(ref Utf8JsonReader json)
    {
        if (json.ValueSpan.Length > LongestWritten)
        {
            return null;
        }

        Span<char> name = stackalloc char[LongestWritten];
        return _lookup.TryGetValue(name[..json.CopyString(name)], out var meaning) ? meaning : null;
    }

    private static Dictionary<string, Meaning> Of(SchemaMessage message)
    {
        var meanings = new Dictionary<string, Meaning>(StringComparer.Ordinal);
        foreach (var entry in message.Entries)
        {
            var meaning = new Meaning(entry.Field, entry.Message is { } inner ? new JsonNames(Of(inner)) : null);
            meanings[entry.JsonName] = meaning;
            meanings[entry.Name] = meaning;
        }

        return meanings;
    }

    /// <summary>What a name stands for.</summary>
    /// <param name="Field">A field; null for anything else.</param>
    /// <param name="Inner">The names inside an object; null for anything else.</param>
    internal sealed record Meaning(SchemaField? Field, JsonNames? Inner = null)
    {
        /// <summary>Something that some build sends and nobody collects.</summary>
        public static readonly Meaning Ignored = new((SchemaField?)null);
    }
}
