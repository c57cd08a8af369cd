using System.Collections.Concurrent;
using System.Text;

namespace Telemetry.Server.Storage.Records;

/// <summary>One string object per distinct text: versions, languages and timezones repeat millions of times.</summary>
/// <remarks>Threading: any. Bounded: once full, further texts get objects of their own.</remarks>
internal sealed class TextPool
{
    public static readonly TextPool Shared = new();

    private const int MaxTexts = 65_536;
    private const int MaxLength = 128;

    private readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    private int _count;

    private TextPool() => _lookup = _texts.GetAlternateLookup<ReadOnlySpan<char>>();

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
        {
            return RecordReader.Text(utf8);
        }

        Span<char> chars = stackalloc char[MaxLength];
        var text = chars[..Encoding.UTF8.GetChars(utf8, chars)];
        if (_lookup.TryGetValue(text, out var pooled))
        {
            return pooled;
        }

        var made = text.ToString();
        if (_count < MaxTexts && _texts.TryAdd(made, made))
        {
            // Counted here because the dictionary would lock itself whole to count.
            Interlocked.Increment(ref _count);
        }

        return made;
    }
}
