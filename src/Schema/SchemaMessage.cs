namespace Telemetry.Schema;

/// <summary>A message of a schema: its fields and the messages inside it, by number.</summary>
internal sealed class SchemaMessage
{
    private readonly Entry?[] _byNumber;

    /// <param name="number">Of the field that holds this message; 0 for the outermost.</param>
    /// <param name="entries">What is in it.</param>
    public SchemaMessage(int number, IEnumerable<Entry> entries)
    {
        Entries = [.. entries.OrderBy(entry => entry.Number)];
        _byNumber = new Entry?[Entries.Count == 0 ? 0 : Entries[^1].Number + 1];
        foreach (var entry in Entries)
        {
            _byNumber[entry.Number] = entry;
        }

        TagBytes = WireTag.BytesOf(WireTag.Of(number, WireReader.Bytes));
    }

    /// <summary>In ascending order of number.</summary>
    public IReadOnlyList<Entry> Entries { get; }

    /// <summary>As protobuf writes it before the message.</summary>
    public byte[] TagBytes { get; }

    public Entry? this[uint number] => number < (uint)_byNumber.Length ? _byNumber[number] : null;

    /// <summary>Either a field or a message inside.</summary>
    internal sealed record Entry(int Number, string Name, string JsonName, SchemaField? Field, SchemaMessage? Message);
}
