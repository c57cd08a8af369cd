using System.Text;
using Google.Protobuf.Reflection;
using Telemetry.Schema.Kinds;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema;

/// <summary>One field of a report: what the contract says about it, made ready for reading and checking.</summary>
internal sealed class SchemaField
{
    /// <summary>The contract's default for the largest number.</summary>
    public const long DefaultMax = 100_000_000;

    public SchemaField(FieldDescriptor field, string prefix, Wire.FieldPolicy policy, Kind kind, int index)
    {
        Number = field.FieldNumber;
        Name = field.Name;
        Path = prefix + field.Name;
        HasPresence = field.HasPresence;
        IsMap = field.IsMap;
        IsRepeated = field.IsRepeated;
        IsWide = (field.IsMap ? field.MessageType.FindFieldByName("value") : field).FieldType == FieldType.UInt64;
        Policy = policy;
        Kind = kind;
        Index = index;
        Max = policy.Max == 0 ? DefaultMax : (long)policy.Max;
        Scale = (long)Math.Pow(10, policy.Decimals);
        Labels = policy.Labels.Count > 0 ? new LabelSet(policy.Labels) : null;
        Values = field.FieldType == FieldType.Enum ? new EnumerationValues(field.EnumType) : null;
        Tag = WireTag.Of(Number, kind.WireType);
        TagBytes = WireTag.BytesOf(Tag);
    }

    public int Number { get; }

    public string Name { get; }

    /// <summary>Path in the Report message, e.g. "environment.php_version", "usage.rooms".</summary>
    public string Path { get; }

    /// <summary>Whether zero, false or an empty text differs from nothing on the wire.</summary>
    public bool HasPresence { get; }

    public bool IsMap { get; }

    /// <summary>Whether it is a map or a list.</summary>
    public bool IsRepeated { get; }

    /// <summary>Whether its counts have 64 bits.</summary>
    public bool IsWide { get; }

    public Wire.FieldPolicy Policy { get; }

    public Kind Kind { get; }

    /// <summary>Where its value stands among those of its kind's storage: numbers, texts or counts by label.</summary>
    public int Index { get; }

    public long Max { get; }

    /// <summary>What a decimal is multiplied by to be a whole number.</summary>
    public long Scale { get; }

    /// <summary>The labels that are told apart; null for a field without labels.</summary>
    public LabelSet? Labels { get; }

    /// <summary>Of an enumeration; null otherwise.</summary>
    public EnumerationValues? Values { get; }

    public bool IsRequired => Policy.Required;

    /// <summary>Whether its value is stored; what identifies or is secret is not.</summary>
    public bool IsStored => Policy is { Pseudonym: false, Secret: false }
        && Policy.Format is not (Wire.TextFormat.Uuid or Wire.TextFormat.Slug);

    /// <summary>As protobuf writes it before a value.</summary>
    public uint Tag { get; }

    public byte[] TagBytes { get; }

    public override string ToString() => Path;
}

/// <summary>Protobuf's tags: a field's number above the three bits of its wire type.</summary>
internal static class WireTag
{
    public static uint Of(int number, uint wireType) => (uint)number << 3 | wireType;

    public static uint NumberOf(uint tag) => tag >> 3;

    public static byte[] BytesOf(uint tag)
    {
        var bytes = new List<byte>();
        for (; tag >= 0x80; tag >>= 7)
        {
            bytes.Add((byte)(tag | 0x80));
        }

        bytes.Add((byte)tag);
        return [.. bytes];
    }
}

/// <summary>The labels that a field tells apart; every other text is somebody's own and counts as "custom".</summary>
internal sealed class LabelSet
{
    private readonly Dictionary<string, int> _indexes;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly int _longest;

    public LabelSet(IEnumerable<string> labels)
    {
        Names = [.. labels];
        Utf8 = [.. Names.Select(Encoding.UTF8.GetBytes)];
        _longest = Names.Max(name => name.Length);
        _indexes = Names.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index, StringComparer.Ordinal);
        _lookup = _indexes.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyList<byte[]> Utf8 { get; }

    /// <returns>The label's index; -1 for any text that is not in the contract.</returns>
    public int IndexOf(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > _longest)
        {
            return -1;
        }

        Span<char> chars = stackalloc char[utf8.Length];
        return _lookup.TryGetValue(chars[..Encoding.UTF8.GetChars(utf8, chars)], out var index) ? index : -1;
    }
}

/// <summary>The values of an enumeration, by number and by the words that existing apps use.</summary>
internal sealed class EnumerationValues
{
    private readonly Dictionary<int, string> _names;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _words = new(StringComparer.OrdinalIgnoreCase);

    public EnumerationValues(EnumDescriptor values)
    {
        _names = values.Values.DistinctBy(value => value.Number).ToDictionary(value => value.Number, value => value.Name);
        Other = values.Values.FirstOrDefault(value => value.Name.EndsWith("_OTHER", StringComparison.Ordinal))?.Number;
        foreach (var value in values.Values)
        {
            _numbers.TryAdd(value.Name, value.Number);
            _words.TryAdd(value.Name, value.Number);
            foreach (var word in value.GetOptions()?.GetExtension(Wire.FieldPolicyExtensions.ValuePolicy)?.HttpNames ?? [])
            {
                _words.TryAdd(word, value.Number);
            }
        }
    }

    /// <summary>What a value that is not known counts as; null where the contract has no such thing.</summary>
    public int? Other { get; }

    public IReadOnlyList<string> Names => [.. _names.Values];

    public bool IsKnown(int number) => _names.ContainsKey(number);

    public string? NameOf(int number) => _names.GetValueOrDefault(number);

    /// <summary>Whether another enumeration has all its values, under the same names.</summary>
    public bool IsPartOf(EnumerationValues other) =>
        _names.All(value => other._names.TryGetValue(value.Key, out var name) && name == value.Value);

    /// <summary>By a value's own name first: in other words, or in capitals, it could mean another one.</summary>
    public int? Find(string word) => _numbers.TryGetValue(word, out var number) || _words.TryGetValue(word, out number) ? number : null;
}
