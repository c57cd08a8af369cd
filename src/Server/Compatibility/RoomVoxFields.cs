using System.Collections.Frozen;
using System.Text.Json;

namespace Telemetry.Server.Compatibility;

/// <summary>Finds fields by their JSON names without making strings.</summary>
internal static class RoomVoxFields
{
    private const int LongestName = 64;

    /// <summary>A character can be written as \uXXXX, in six.</summary>
    private const int LongestWritten = 6 * LongestName;

    private static readonly string[] Names = [.. Enum.GetNames<RoomVoxField>()
        .Select(name => string.Concat(name[..1].ToLowerInvariant(), name.AsSpan(1)))];

    private static readonly FrozenDictionary<string, RoomVoxField>.AlternateLookup<ReadOnlySpan<char>> ByName = Names
        .Skip(1)
        .Select((name, index) => KeyValuePair.Create(name, (RoomVoxField)(index + 1)))
        .ToFrozenDictionary(StringComparer.Ordinal)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    public static string NameOf(RoomVoxField field) => Names[(int)field];

    /// <summary>The field whose name the reader stands on.</summary>
    public static RoomVoxField Find(ref Utf8JsonReader json)
    {
        if (json.ValueSpan.Length > LongestWritten)
        {
            return RoomVoxField.Unknown;
        }

        Span<char> name = stackalloc char[LongestWritten];
        var length = json.CopyString(name);
        return ByName.TryGetValue(name[..length], out var field) ? field : RoomVoxField.Unknown;
    }
}
