using System.Text.Json;
using Telemetry.Server.Schema.Kinds;

namespace Telemetry.Server.Schema;

/// <summary>Reads the JSON of an existing app, of which it is known that it is one object, and trusts none of it.</summary>
/// <remarks>
/// Wire facts: every field of a build is always there, some may be null; an object may hold what other builds have at the
/// top. What is not known is passed over and counted: a later build may send more.
/// </remarks>
internal static class JsonReportReader
{
    public static void Read(ReadOnlySpan<byte> body, ReportScratch scratch, Door door)
    {
        scratch.Begin();
        scratch.Use(door.Schema);
        scratch.Values.Texts[CoreFields.App] = door.Schema.App;
        var json = new Utf8JsonReader(body);
        json.Read();
        ReadObject(ref json, scratch, door);
    }

    private static void ReadObject(ref Utf8JsonReader json, ReportScratch scratch, Door door)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var meaning = door.Names.Find(ref json);
            json.Read();
            if (meaning?.Field is { } field)
            {
                ReadField(ref json, field, scratch);
            }
            else if (meaning?.IsTransparent == true && json.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref json, scratch, door);
            }
            else
            {
                scratch.UnknownFields++;
                json.Skip();
            }
        }
    }

    private static void ReadField(ref Utf8JsonReader json, SchemaField field, ReportScratch scratch)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return;
        }

        var (number, text) = ValueOf(field, scratch);
        if (!field.Kind.TryRead(ref json, field, scratch))
        {
            json.Skip();
            scratch.Refuse(field, field.Kind.JsonRule);
            return;
        }

        // Two names for one thing: both may be there, and then say the same.
        var (newNumber, newText) = ValueOf(field, scratch);
        if ((number != Cell.Absent && number != newNumber) || (text is not null && text != newText))
        {
            scratch.Refuse(field, "contradicts what stands under its other name; send one of them");
        }
    }

    private static (long Number, string? Text) ValueOf(SchemaField field, ReportScratch scratch) => field.Kind.Storage switch
    {
        KindStorage.Number => (scratch.Values.Numbers[field.Index], null),
        KindStorage.Text => (Cell.Absent, scratch.Values.Texts[field.Index]),
        _ => (Cell.Absent, null),
    };
}
