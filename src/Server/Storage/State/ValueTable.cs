namespace Telemetry.Server.Storage.State;

/// <summary>Numbers the distinct texts of one dimension, so that a row of the state holds two bytes instead of a text.</summary>
/// <remarks>
/// Bounded: after 65,535 distinct texts, further ones share the empty text in the state (never in the log), so that
/// nobody can fill the memory with invented versions.
/// </remarks>
internal sealed class ValueTable
{
    private readonly List<string> _texts = [""];
    private readonly Dictionary<string, ushort> _numbers = new(StringComparer.Ordinal) { [""] = 0 };

    public string this[ushort number] => _texts[number];

    public ushort NumberOf(string text)
    {
        if (_numbers.TryGetValue(text, out var number) || _texts.Count > ushort.MaxValue)
        {
            return number;
        }

        number = (ushort)_texts.Count;
        _texts.Add(text);
        _numbers.Add(text, number);
        return number;
    }
}
