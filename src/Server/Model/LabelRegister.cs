using System.Collections.Frozen;
using System.Text;

namespace Telemetry.Server.Model;

/// <summary>
/// The labels that a map of counts may carry. Apps let their administrators edit such labels, so only those that the
/// app itself ships are told apart; every other one is somebody's text and becomes "custom".
/// </summary>
/// <remarks>A label's index is stored: lists only ever grow at their end.</remarks>
internal sealed class LabelRegister
{
    public const byte Custom = 0;

    public static readonly LabelRegister RoomTypes = new(
        "other", "meeting-room", "lecture-hall", "studio", "rehearsal-room", "outdoor-area", "classroom", "office",
        "workshop", "event-space");

    public static readonly LabelRegister Facilities = new(
        "projector", "whiteboard", "videoconf", "audio", "display", "wheelchair", "phone", "computer", "kitchen",
        "parking", "wifi", "piano");

    private const int MaxLength = 32;

    private readonly string[] _names;
    private readonly FrozenDictionary<string, byte> _indexes;
    private readonly FrozenDictionary<string, byte>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    private LabelRegister(params string[] shipped)
    {
        _names = ["custom", .. shipped];
        _indexes = _names.Select((name, index) => KeyValuePair.Create(name, (byte)index))
            .ToFrozenDictionary(StringComparer.Ordinal);
        _lookup = _indexes.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => _names.Length;

    /// <summary>The label's index, <see cref="Custom"/> for any text that is not shipped.</summary>
    public byte IndexOf(string label) => _indexes.GetValueOrDefault(label, Custom);

    /// <inheritdoc cref="IndexOf(string)"/>
    public byte IndexOf(ReadOnlySpan<byte> utf8Label)
    {
        if (utf8Label.Length > MaxLength)
        {
            return Custom;
        }

        Span<char> chars = stackalloc char[MaxLength];
        return _lookup.TryGetValue(chars[..Encoding.UTF8.GetChars(utf8Label, chars)], out var index) ? index : Custom;
    }

    /// <summary>The label's name; "custom" for an index written by a newer version.</summary>
    public string NameOf(byte index) => index < _names.Length ? _names[index] : _names[Custom];
}
