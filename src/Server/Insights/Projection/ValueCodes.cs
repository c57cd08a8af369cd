namespace Telemetry.Server.Insights.Projection;

/// <summary>Numbers the values that a dimension ever had; days that are kept mean them, so no number is given anew.</summary>
/// <remarks>
/// 0 is what was not reported. What comes when all codes are taken is told as <see cref="TooMany"/>: whoever invents values
/// costs those of others their names at worst, never memory. Threading: changed under the projection's gate; a
/// snapshot is good for ever.
/// </remarks>
internal sealed class ValueCodes
{
    /// <summary>What stands for all values beyond the most that are told apart.</summary>
    public const string TooMany = "(more values than are told apart)";

    /// <summary>How many values are told apart.</summary>
    public const int MaxValues = ushort.MaxValue - 1;

    private readonly Dictionary<string, ushort> _codes = new(StringComparer.Ordinal);
    private readonly Dictionary<long, ushort> _codesOfNumbers = [];
    private string[] _texts = ["", "", "", ""];

    /// <summary>By code: a number that it was given for; the smallest there is while there was none.</summary>
    private long[] _numbers = [long.MinValue, long.MinValue, long.MinValue, long.MinValue];

    /// <summary>Codes as they were given before.</summary>
    public static ValueCodes Of(IEnumerable<string> values)
    {
        var codes = new ValueCodes();
        foreach (var value in values)
        {
            // One that was forgotten keeps its place.
            codes.Add(value);
        }

        return codes;
    }

    /// <summary>How many codes there are, with that for nothing.</summary>
    public int Count { get; private set; } = 1;

    public ushort Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }

        return _codes.TryGetValue(text, out var code) ? code : Add(text);
    }

    /// <param name="text">The value.</param>
    /// <param name="current">The code before: mostly the same, and then nothing is looked up.</param>
    public ushort Of(string? text, ushort current) => text is not null && ReferenceEquals(text, _texts[current]) ? current : Of(text);

    /// <param name="number">A number that stands for the value.</param>
    /// <param name="current">The code before: mostly the same, and then nothing is looked up.</param>
    /// <param name="textOf">The value itself.</param>
    public ushort Of(long number, ushort current, Func<long, string> textOf)
    {
        if (_numbers[current] == number)
        {
            return current;
        }

        if (!_codesOfNumbers.TryGetValue(number, out var code))
        {
            code = Of(textOf(number));
            if (_codesOfNumbers.Count < MaxValues)
            {
                _codesOfNumbers.Add(number, code);
                _numbers[code] = number;
            }
        }

        return code;
    }

    /// <summary>The values by their codes, as many as there are now.</summary>
    public ReadOnlyMemory<string> Snapshot() => _texts.AsMemory(0, Count);

    /// <summary>Leaves nothing of a value that nobody has or had any more; its code stays for nothing.</summary>
    public void Forget(ushort code)
    {
        _codes.Remove(_texts[code]);
        foreach (var number in _codesOfNumbers.Where(pair => pair.Value == code).Select(pair => pair.Key).ToList())
        {
            _codesOfNumbers.Remove(number);
        }

        // Questions that run read the old ones to their end.
        _texts = (string[])_texts.Clone();
        (_texts[code], _numbers[code]) = ("", long.MinValue);
    }

    private ushort Add(string text)
    {
        if (Count > MaxValues && text.Length > 0)
        {
            text = TooMany;
            if (_codes.TryGetValue(text, out var last))
            {
                return last;
            }
        }

        if (Count == _texts.Length)
        {
            Array.Resize(ref _texts, 2 * _texts.Length);
            Array.Resize(ref _numbers, _texts.Length);
            _numbers.AsSpan(Count).Fill(long.MinValue);
        }

        var code = (ushort)Count++;
        _texts[code] = text;
        if (text.Length > 0)
        {
            _codes.Add(text, code);
        }

        return code;
    }
}
