namespace Telemetry.Server.Storage.State;

/// <summary>Numbers the distinct texts of one field, so that a column holds a number instead of a text.</summary>
/// <remarks>
/// A number is given back when no installation has its text any more, and given out again: whoever invents texts takes as
/// much memory as his installations have, and nobody else's texts away. 0 stands for no text.
/// </remarks>
internal sealed class TextCodes
{
    private readonly List<string?> _texts = [null];
    private readonly List<int> _users = [0];
    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    private readonly SortedSet<int> _free = [];

    /// <summary>How many texts are held.</summary>
    public int Count => _codes.Count;

    public string? this[int code] => _texts[code];

    /// <returns>The text's number; null when no installation has it.</returns>
    public int? Find(string text) => _codes.TryGetValue(text, out var code) ? code : null;

    /// <summary>The text's number, with one user more.</summary>
    public int Take(string? text)
    {
        if (text is null)
        {
            return 0;
        }

        if (!_codes.TryGetValue(text, out var code))
        {
            code = NextCode();
            _texts[code] = text;
            _codes.Add(text, code);
        }

        _users[code]++;
        return code;
    }

    /// <summary>One user less.</summary>
    public void Release(int code)
    {
        if (code != 0 && --_users[code] == 0)
        {
            _codes.Remove(_texts[code]!);
            _texts[code] = null;
            _free.Add(code);
        }
    }

    /// <summary>The smallest free one, so that columns stay narrow.</summary>
    private int NextCode()
    {
        if (_free.Count > 0)
        {
            var code = _free.Min;
            _free.Remove(code);
            return code;
        }

        _texts.Add(null);
        _users.Add(0);
        return _texts.Count - 1;
    }
}
