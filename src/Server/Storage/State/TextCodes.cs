namespace Telemetry.Server.Storage.State;

/// <summary>Numbers the distinct texts of one field, so that a column holds a number instead of a text.</summary>
/// <remarks>
/// A number is given back when no installation has its text any more, and given out again: whoever invents texts takes as
/// much memory as his installations have, only while they have it, and nobody else's texts away. 0 stands for no text.
/// </remarks>
internal sealed class TextCodes
{
    /// <summary>So few free numbers are not worth a new numbering.</summary>
    private const int FewFree = 1_024;

    private readonly List<string?> _texts = [null];
    private readonly List<int> _users = [0];
    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    private readonly PriorityQueue<int, int> _free = new();

    /// <summary>How many texts are held.</summary>
    public int Count => _codes.Count;

    /// <summary>For how many texts there is room without more memory.</summary>
    public int Capacity => _texts.Capacity + _codes.Capacity + _free.EnsureCapacity(0);

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
            _free.Enqueue(code, code);
        }
    }

    /// <summary>
    /// Whether most numbers are free, and so many that numbering the texts anew, in every one of <paramref name="rows"/>,
    /// costs little beside what made them free.
    /// </summary>
    public bool IsSparse(int rows) => _free.Count > FewFree && _free.Count > 3 * Count && 16L * _free.Count > rows;

    /// <summary>Numbers the texts without a gap, and gives back the memory of what is gone.</summary>
    /// <returns>By the number of before: the new one.</returns>
    public int[] Renumber()
    {
        var moved = new int[_texts.Count];
        var next = 1;
        for (var code = 1; code < moved.Length; code++)
        {
            if (_texts[code] is { } text)
            {
                moved[code] = _codes[text] = next;
                (_texts[next], _users[next]) = (text, _users[code]);
                next++;
            }
        }

        _texts.RemoveRange(next, moved.Length - next);
        _users.RemoveRange(next, moved.Length - next);
        _free.Clear();
        _texts.TrimExcess();
        _users.TrimExcess();
        _free.TrimExcess();
        _codes.TrimExcess();
        return moved;
    }

    /// <summary>The smallest free one, so that columns stay narrow.</summary>
    private int NextCode()
    {
        if (_free.TryDequeue(out var code, out _))
        {
            return code;
        }

        _texts.Add(null);
        _users.Add(0);
        return _texts.Count - 1;
    }
}
