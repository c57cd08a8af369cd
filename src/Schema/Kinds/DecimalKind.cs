using System.Text.Json;

namespace Telemetry.Schema.Kinds;

/// <summary>Numbers with a fraction, kept to so many decimals as the contract says.</summary>
internal sealed class DecimalKind() : Kind(KindStorage.Number, WireReader.Fixed64)
{
    public static readonly DecimalKind Instance = new();

    public override string JsonRule => "must be a number";

    public override void Read(ref WireReader reader, SchemaField field, ReportScratch scratch) =>
        Set(field, scratch, reader.Double());

    public override bool TryRead(ref Utf8JsonReader json, SchemaField field, ReportScratch scratch)
    {
        if (json.TokenType != JsonTokenType.Number || !json.TryGetDouble(out var number))
        {
            return false;
        }

        Set(field, scratch, number);
        return true;
    }

    public override void Finish(SchemaField field, ReportScratch scratch) => NumberKind.Count.Finish(field, scratch);

    public override int MaxSize(SchemaField field, ReportValues values, ReportScratch? counts) => BackwardWriter.MaxNumber;

    public override void Write(ref BackwardWriter writer, SchemaField field, ReportValues values, ReportScratch? counts)
    {
        if (values.Numbers[field.Index] is var cell && Cell.IsValue(cell))
        {
            writer.Double((double)cell / field.Scale);
            writer.Bytes(field.TagBytes);
        }
    }

    public override void WriteJson(ref WireReader reader, SchemaField field, Utf8JsonWriter json) =>
        json.WriteNumberValue(reader.Double());

    private static void Set(SchemaField field, ReportScratch scratch, double value) =>
        scratch.Values.Numbers[field.Index] = value >= 0 && value <= field.Max
            ? (long)Math.Round(value * field.Scale, MidpointRounding.AwayFromZero)
            : Cell.Refused;
}
