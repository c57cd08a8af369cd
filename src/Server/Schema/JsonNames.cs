using System.Collections.Frozen;
using System.Text.Json;

namespace Telemetry.Server.Schema;

/// <summary>Finds what a JSON name stands for, without making strings.</summary>
internal sealed class JsonNames(IReadOnlyDictionary<string, JsonNames.Meaning> meanings)
{
    private const int LongestName = 64;

    /// <summary>A character can be written as \uXXXX, in six.</summary>
    private const int LongestWritten = 6 * LongestName;

    private readonly FrozenDictionary<string, Meaning>.AlternateLookup<ReadOnlySpan<char>> _lookup =
        meanings.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

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

    /// <summary>What a name stands for.</summary>
    /// <param name="Field">A field; null for anything else.</param>
    /// <param name="IsTransparent">An object whose members count as the report's own.</param>
    internal sealed record Meaning(SchemaField? Field, bool IsTransparent = false)
    {
        /// <summary>Something that some build sends and nobody collects.</summary>
        public static readonly Meaning Ignored = new((SchemaField?)null);

        public static readonly Meaning Transparent = new(null, IsTransparent: true);
    }
}
