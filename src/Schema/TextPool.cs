using System.Collections.Concurrent;
using System.Text;

namespace Telemetry.Schema;

/// <summary>One string object per distinct text: versions, languages and timezones repeat millions of times.</summary>
/// <remarks>
/// Holds only what was accepted and is stored anyway, never what somebody merely sent. Threading: any. Bounded: once
/// full it begins anew, so that nobody can fill it for good with what he invents.
/// </remarks>
internal sealed class TextPool
{
    public const int MaxTexts = 65_536;

    public static readonly TextPool Shared = new();

    private const int MaxLength = 128;

    private readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    private int _count;

    public TextPool() => _lookup = _texts.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The text's object; null when it is not in the pool.</summary>
    public string? Find(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
        {
            return null;
        }

        Span<char> chars = stackalloc char[MaxLength];
        return _lookup.TryGetValue(chars[..Encoding.UTF8.GetChars(utf8, chars)], out var pooled) ? pooled : null;
    }

    /// <summary>The text's object, from now on the one in the pool.</summary>
    public string Get(ReadOnlySpan<byte> utf8) => Find(utf8) ?? Get(Encoding.UTF8.GetString(utf8));

    /// <inheritdoc cref="Get(ReadOnlySpan{byte})"/>
    public string Get(string text)
    {
        if (_texts.TryGetValue(text, out var pooled))
        {
            return pooled;
        }

        // Counted here because the dictionary would lock itself whole to count.
        if (text.Length <= MaxLength && _texts.TryAdd(text, text) && Interlocked.Increment(ref _count) == MaxTexts)
        {
            _texts.Clear();
            Volatile.Write(ref _count, 0);
        }

        return text;
    }
}
