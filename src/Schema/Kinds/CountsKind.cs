using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Telemetry.Schema.Kinds;

/// <summary>Counts by label, and sets of labels, which are counts of one.</summary>
internal sealed class CountsKind : Kind
{
    public static readonly CountsKind Map = new(isSet: false, "must be an object of whole numbers");
    public static readonly CountsKind Set = new(isSet: true, "must be an array of texts");

    /// <summary>Most different labels that one report may have in one field.</summary>
    public const int MaxEntries = 2_000;

    private const int KeyNumber = 1;
    private const int ValueNumber = 2;

    private static readonly byte[] KeyTag = WireTag.BytesOf(WireTag.Of(KeyNumber, WireReader.Bytes));
    private static readonly byte[] ValueTag = WireTag.BytesOf(WireTag.Of(ValueNumber, WireReader.Varint));

    private readonly bool _isSet;

    private CountsKind(bool isSet, string jsonRule)
        : base(KindStorage.Counts, WireReader.Bytes)
    {
        _isSet = isSet;
        JsonRule = jsonRule;
    }

    public override string JsonRule { get; }

    public override void Read(ref WireReader reader, SchemaField field, ReportScratch scratch)
    {
        if (_isSet)
        {
            scratch.Counts(field).Set(reader.Utf8Text(), 1);
            return;
        }

        var label = ReadEntry(reader.Message(), out var count);
        scratch.Counts(field).Set(label, count > (ulong)field.Max ? Cell.Refused : (long)count);
    }

    /// <remarks>PHP writes an empty map as [], and a map with the keys "0", "1", "2" ... as an array; no label is a number.</remarks>
    public override bool TryRead(ref Utf8JsonReader json, SchemaField field, ReportScratch scratch)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.StartObject when !_isSet: return ReadObject(ref json, field, scratch);
            case JsonTokenType.StartArray: return ReadArray(ref json, field, scratch);
            default: return false;
        }
    }

    public override void Finish(SchemaField field, ReportScratch scratch)
    {
        var counts = scratch.Counts(field);
        counts.Finish(field);
        if (counts.IsWrongType)
        {
            scratch.Refuse(field, _isSet ? "must hold texts only" : "must hold whole numbers only");
        }

        if (counts.Entries > MaxEntries)
        {
            scratch.Refuse(field, string.Create(CultureInfo.InvariantCulture, $"must have at most {MaxEntries} entries"));
        }

        if (counts.IsOutOfRange)
        {
            scratch.Refuse(field, NumberKind.RangeRule(field));
        }
    }

    public override int MaxSize(SchemaField field, ReportValues values, ReportScratch? counts) =>
        counts?.Counts(field).MaxSize ?? 0;

    public override void Write(ref BackwardWriter writer, SchemaField field, ReportValues values, ReportScratch? counts)
    {
        if (counts is null)
        {
            return;
        }

        var finished = counts.Counts(field).Finished;
        for (var i = finished.Count - 1; i >= 0; i--)
        {
            var end = writer.Length;
            // As the generated classes do, a zero is left out.
            if (!_isSet && finished[i].Count != 0)
            {
                writer.Number((ulong)finished[i].Count);
                writer.Bytes(ValueTag);
            }

            writer.Bytes(finished[i].Utf8Label);
            writer.Number((ulong)finished[i].Utf8Label.Length);
            if (!_isSet)
            {
                writer.Bytes(KeyTag);
                writer.Number((ulong)(writer.Length - end));
            }

            writer.Bytes(field.TagBytes);
        }
    }

    public override void WriteJson(ref WireReader reader, SchemaField field, Utf8JsonWriter json)
    {
        if (_isSet)
        {
            json.WriteStringValue(reader.Utf8Text());
            return;
        }

        json.WritePropertyName(ReadEntry(reader.Message(), out var count));
        NumberKind.WriteCount(json, field, count);
    }

    /// <summary>One entry of a map: a message of a key and a value, either of which may be missing.</summary>
    private static ReadOnlySpan<byte> ReadEntry(ReadOnlySpan<byte> message, out ulong count)
    {
        var entry = new WireReader(message);
        ReadOnlySpan<byte> label = default;
        count = 0;
        for (var tag = entry.Next(); tag != 0; tag = entry.Next())
        {
            switch (tag)
            {
                case (KeyNumber << 3) | WireReader.Bytes: label = entry.Utf8Text(); break;
                case (ValueNumber << 3) | WireReader.Varint: count = entry.UInt64(); break;
                default: entry.Skip(tag); break;
            }
        }

        return label;
    }

    private static bool ReadObject(ref Utf8JsonReader json, SchemaField field, ReportScratch scratch)
    {
        Span<byte> buffer = stackalloc byte[TextKind.MaxLength];
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueSpan.Length <= buffer.Length)
            {
                var label = buffer[..json.CopyString(buffer)];
                json.Read();
                SetNumber(ref json, field, scratch, label);
            }
            else
            {
                var label = Encoding.UTF8.GetBytes(json.GetString()!);
                json.Read();
                SetNumber(ref json, field, scratch, label);
            }
        }

        return true;
    }

    private bool ReadArray(ref Utf8JsonReader json, SchemaField field, ReportScratch scratch)
    {
        var counts = scratch.Counts(field);
        Span<byte> buffer = stackalloc byte[TextKind.MaxLength];
        for (var index = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; index++)
        {
            if (!_isSet)
            {
                index.TryFormat(buffer, out var length, default, CultureInfo.InvariantCulture);
                SetNumber(ref json, field, scratch, buffer[..length]);
            }
            else if (json.TokenType == JsonTokenType.String)
            {
                counts.Set(
                    json.ValueSpan.Length <= buffer.Length ? buffer[..json.CopyString(buffer)] : Encoding.UTF8.GetBytes(json.GetString()!), 1);
            }
            else
            {
                counts.SetWrongType(ref json);
            }
        }

        return true;
    }

    private static void SetNumber(
        ref Utf8JsonReader json, SchemaField field, ReportScratch scratch, scoped ReadOnlySpan<byte> label)
    {
        var counts = scratch.Counts(field);
        if (NumberKind.TryReadCount(ref json, scratch, out var count))
        {
            counts.Set(label, count < 0 || count > field.Max ? Cell.Refused : count);
        }
        else
        {
            counts.SetWrongType(ref json);
        }
    }
}
