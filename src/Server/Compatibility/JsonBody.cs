using System.Text.Json;
using System.Text.Unicode;

namespace Telemetry.Server.Compatibility;

/// <summary>What every body of the HTTP door has in common, whatever it is about.</summary>
/// <remarks>
/// Names are compared as they read and not as they are written: an escaped name is the same name. A name twice in one
/// object is refused, however deep: readers disagree about which of the two counts.
/// </remarks>
internal static class JsonBody
{
    private const int MaxDepth = 8;

    /// <summary>The rule that a body breaks, and the way out; null when it is one JSON object that can be read to its end.</summary>
    public static string? BrokenRule(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return "is empty; send one JSON object";
        }

        if (!Utf8.IsValid(body))
        {
            return "is not valid UTF-8";
        }

        try
        {
            return BrokenRule(new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth }));
        }
        catch (JsonException)
        {
            return "is not one valid JSON object of at most 8 levels";
        }
        catch (InvalidOperationException)
        {
            // An escape such as \ud800 that stands for half a character.
            return "holds an escape that is no character";
        }
    }

    private static string? BrokenRule(Utf8JsonReader json)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return "must be a JSON object";
        }

        var names = new Stack<HashSet<string>>();
        do
        {
            switch (json.TokenType)
            {
                case JsonTokenType.StartObject: names.Push(new HashSet<string>(StringComparer.Ordinal)); break;
                case JsonTokenType.EndObject: names.Pop(); break;
                case JsonTokenType.PropertyName when !names.Peek().Add(json.GetString()!): return "names a field twice in one object";
                case JsonTokenType.String when json.ValueIsEscaped: json.GetString(); break;
            }
        }
        while (json.Read());
        return null;
    }
}
