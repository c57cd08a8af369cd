using System.Collections.Frozen;

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

    private readonly string[] _names;
    private readonly FrozenDictionary<string, byte> _indexes;

    private LabelRegister(params string[] shipped)
    {
        _names = ["custom", .. shipped];
        _indexes = _names.Select((name, index) => KeyValuePair.Create(name, (byte)index))
            .ToFrozenDictionary(StringComparer.Ordinal);
    }

    public int Count => _names.Length;

    /// <summary>The label's index, <see cref="Custom"/> for any text that is not shipped.</summary>
    public byte IndexOf(string label) => _indexes.GetValueOrDefault(label, Custom);

    /// <summary>The label's name; "custom" for an index written by a newer version.</summary>
    public string NameOf(byte index) => index < _names.Length ? _names[index] : _names[Custom];
}
