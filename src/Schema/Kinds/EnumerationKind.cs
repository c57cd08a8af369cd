using System.Text.Json;

namespace Telemetry.Schema.Kinds;

/// <summary>One of the contract's values. The list is open: a newer client can tell something apart that this server cannot.</summary>
internal sealed class EnumerationKind() : Kind(KindStorage.Number, WireReader.Varint)
{
    public static readonly EnumerationKind Instance = new();

    public override string JsonRule => "must be a text";

    public override void Read(ref WireReader reader, SchemaField field, ReportScratch scratch) =>
        Set(field, scratch, reader.Int32());

    /// <remarks>Existing apps write the web server's own name, e.g. "Apache/2.4.57": what follows a slash says nothing here.</remarks>
    public override bool TryRead(ref Utf8JsonReader json, SchemaField field, ReportScratch scratch)
    {
        if (scratch.IsContractJson && json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var number))
        {
            Set(field, scratch, number);
            return true;
        }

        if (json.TokenType != JsonTokenType.String)
        {
            return false;
        }

        var word = json.GetString()!;
        word = (word.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? word[..slash] : word).Trim();
        Set(field, scratch, word.Length == 0 ? 0 : field.Values!.Find(word) ?? -1);
        return true;
    }

    public override void Finish(SchemaField field, ReportScratch scratch)
    {
        ref var cell = ref scratch.Values.Numbers[field.Index];
        if (cell == Cell.Unknown)
        {
            cell = field.Values!.Other ?? Cell.Absent;
            scratch.Drop(field);
        }
    }

    public override int MaxSize(SchemaField field, ReportValues values, ReportScratch? counts) => BackwardWriter.MaxNumber;

    public override void Write(ref BackwardWriter writer, SchemaField field, ReportValues values, ReportScratch? counts) =>
        NumberKind.Count.Write(ref writer, field, values, counts);

    public override void WriteJson(ref WireReader reader, SchemaField field, Utf8JsonWriter json)
    {
        var number = reader.Int32();
        if (field.Values!.NameOf(number) is { } name)
        {
            json.WriteStringValue(name);
        }
        else
        {
            // Of a revision that had more values.
            json.WriteNumberValue(number);
        }
    }

    private static void Set(SchemaField field, ReportScratch scratch, int number) =>
        scratch.Values.Numbers[field.Index] = number == 0
            ? Cell.Absent
            : field.Values!.IsKnown(number) ? number : Cell.Unknown;
}
