using System.Globalization;
using System.Text.Json;

namespace Telemetry.Schema.Kinds;

/// <summary>Counts and flags: whole numbers from zero on.</summary>
internal sealed class NumberKind : Kind
{
    public static readonly NumberKind Count = new("must be a whole number in range, without fraction or exponent", isFlag: false);
    public static readonly NumberKind Flag = new("must be true, false or null", isFlag: true);

    private readonly bool _isFlag;

    private NumberKind(string jsonRule, bool isFlag)
        : base(KindStorage.Number, WireReader.Varint)
    {
        JsonRule = jsonRule;
        _isFlag = isFlag;
    }

    public override string JsonRule { get; }

    public static string RangeRule(SchemaField field) => FormattableString.Invariant($"must be between 0 and {field.Max}");

    public override void Read(ref WireReader reader, SchemaField field, ReportScratch scratch)
    {
        var value = reader.UInt64();
        Set(field, scratch, _isFlag ? value == 0 ? 0 : 1 : value > long.MaxValue ? long.MaxValue : (long)value);
    }

    public override bool TryRead(ref Utf8JsonReader json, SchemaField field, ReportScratch scratch)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False when _isFlag:
                Set(field, scratch, json.TokenType == JsonTokenType.True ? 1 : 0);
                return true;
            case not (JsonTokenType.True or JsonTokenType.False) when !_isFlag && TryReadCount(ref json, scratch, out var count):
                Set(field, scratch, count);
                return true;
            default:
                return false;
        }
    }

    /// <summary>A whole number; in the contract's own JSON a wide one is a text.</summary>
    public static bool TryReadCount(ref Utf8JsonReader json, ReportScratch scratch, out long count)
    {
        count = 0;
        return json.TokenType switch
        {
            JsonTokenType.Number => json.TryGetInt64(out count),
            JsonTokenType.String when scratch.IsContractJson =>
                long.TryParse(json.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out count),
            _ => false,
        };
    }

    public override void Finish(SchemaField field, ReportScratch scratch)
    {
        if (scratch.Values.Numbers[field.Index] == Cell.Refused)
        {
            scratch.Refuse(field, RangeRule(field));
        }
    }

    public override int MaxSize(SchemaField field, ReportValues values, ReportScratch? counts) => BackwardWriter.MaxNumber;

    public override void Write(ref BackwardWriter writer, SchemaField field, ReportValues values, ReportScratch? counts)
    {
        if (values.Numbers[field.Index] is var cell && Cell.IsValue(cell))
        {
            writer.Number((ulong)cell);
            writer.Bytes(field.TagBytes);
        }
    }

    public override void WriteJson(ref WireReader reader, SchemaField field, Utf8JsonWriter json)
    {
        var value = reader.UInt64();
        if (_isFlag)
        {
            json.WriteBooleanValue(value != 0);
        }
        else
        {
            WriteCount(json, field, value);
        }
    }

    /// <summary>What has 64 bits is a text in JSON, whose readers have 53.</summary>
    public static void WriteCount(Utf8JsonWriter json, SchemaField field, ulong count)
    {
        if (field.IsWide)
        {
            json.WriteStringValue(count.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            json.WriteNumberValue(count);
        }
    }

    private static void Set(SchemaField field, ReportScratch scratch, long value) =>
        scratch.Values.Numbers[field.Index] = value < 0 || value > field.Max
            ? Cell.Refused
            : value == 0 && !field.HasPresence ? Cell.Absent : value;
}
