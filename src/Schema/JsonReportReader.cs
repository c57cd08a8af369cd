using System.Text.Json;
using Telemetry.Schema.Kinds;

namespace Telemetry.Schema;

/// <summary>Reads JSON, of which it is known that it is one object, into a scratch, and trusts none of it.</summary>
/// <remarks>
/// Wire facts of existing apps: every field of a build is always there, some may be null; an object may hold what other
/// builds have at the top. What is not known is passed over and counted: a later build may send more.
/// </remarks>
internal static class JsonReportReader
{
    /// <summary>Reads what existing builds of an app send at one of their doors.</summary>
    public static void Read(ReadOnlySpan<byte> body, ReportScratch scratch, Door door)
    {
        scratch.Begin();
        scratch.Use(door.Schema);
        scratch.Values.Texts[CoreFields.App] = door.Schema.App;
        var json = new Utf8JsonReader(body);
        json.Read();
        ReadObject(ref json, scratch, door.Names);
    }

    /// <summary>Reads a Report in the contract's own form (ProtoJSON).</summary>
    public static void Read(ReadOnlySpan<byte> body, ReportScratch scratch, AppRegistry apps)
    {
        scratch.Begin();
        scratch.IsContractJson = true;
        var (app, hasUsage, type) = ReadEnvelope(body);
        if (app is null || apps.Find(app) is not { } schema)
        {
            // Who the app is decides what its usage means; the envelope's own rules are told all the same.
            Read(body, scratch, CoreFields.Names);
            return;
        }

        scratch.Use(schema);
        Read(body, scratch, schema.JsonNames);
        if (!hasUsage || (type is not null && !schema.IsUsage(type)))
        {
            scratch.Refuse("usage", $"must be the usage of the app that reports: {schema.Descriptor?.FullName}");
        }
    }

    private static void Read(ReadOnlySpan<byte> body, ReportScratch scratch, JsonNames names)
    {
        var json = new Utf8JsonReader(body);
        json.Read();
        ReadObject(ref json, scratch, names);
    }

    /// <summary>The app may come after its usage.</summary>
    private static (string? App, bool HasUsage, string? Type) ReadEnvelope(ReadOnlySpan<byte> body)
    {
        var (app, hasUsage, type) = ((string?)null, false, (string?)null);
        var json = new Utf8JsonReader(body);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var (isApp, isUsage) = (json.ValueTextEquals("app"u8), json.ValueTextEquals("usage"u8));
            json.Read();
            app = isApp && json.TokenType == JsonTokenType.String ? json.GetString() : app;
            if (isUsage && json.TokenType == JsonTokenType.StartObject)
            {
                hasUsage = true;
                type = ReadType(json);
            }

            json.Skip();
        }

        return (app, hasUsage, type);
    }

    private static string? ReadType(Utf8JsonReader usage)
    {
        while (usage.Read() && usage.TokenType == JsonTokenType.PropertyName)
        {
            var isType = usage.ValueTextEquals("@type"u8);
            usage.Read();
            if (isType)
            {
                return usage.TokenType == JsonTokenType.String ? usage.GetString() : "";
            }

            usage.Skip();
        }

        return null;
    }

    private static void ReadObject(ref Utf8JsonReader json, ReportScratch scratch, JsonNames names)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var meaning = names.Find(ref json);
            var isType = scratch.IsContractJson && json.ValueTextEquals("@type"u8);
            json.Read();
            if (meaning?.Field is { } field)
            {
                ReadField(ref json, field, scratch);
            }
            else if (meaning?.Inner is { } inner && json.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref json, scratch, inner);
            }
            else
            {
                scratch.UnknownFields += isType || (meaning is not null && json.TokenType == JsonTokenType.Null) ? 0 : 1;
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
