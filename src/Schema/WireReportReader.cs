using System.Text;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema;

/// <summary>Reads the bytes of the contract's messages into a scratch, by the tables of a schema.</summary>
/// <remarks>
/// What generated classes would read and what is read here is the same, but for numbers that they would cut. Only what the
/// contract names goes on.
/// </remarks>
/// <exception cref="InvalidDataException">By every member: the bytes are no message.</exception>
internal static class WireReportReader
{
    private const uint UsageTag = (Wire.Report.UsageFieldNumber << 3) | WireReader.Bytes;
    private const uint TypeTag = (1 << 3) | WireReader.Bytes;
    private const uint ValueTag = (2 << 3) | WireReader.Bytes;

    /// <summary>Reads a Report as an installation sends it.</summary>
    public static void Read(ReadOnlySpan<byte> message, ReportScratch scratch, AppRegistry apps)
    {
        scratch.Begin();
        ReadOnlySpan<byte> type = default;
        ReadOnlySpan<byte> usage = default;
        var hasUsage = false;
        var reader = new WireReader(message);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            if (tag == UsageTag)
            {
                // What it holds is known once the app is. Of one that comes twice, the value is replaced and not merged.
                ReadAny(reader.Message(), ref type, ref usage, scratch);
                hasUsage = true;
            }
            else
            {
                ReadField(ref reader, tag, CoreFields.Schema.Report, scratch);
            }
        }

        if (scratch.Values.Texts[CoreFields.App] is not { } app || apps.Find(app) is not { } schema)
        {
            return;
        }

        scratch.Use(schema);
        if (hasUsage && schema.IsUsage(type.Length <= Kinds.TextKind.MaxLength ? Encoding.UTF8.GetString(type) : ""))
        {
            ReadMessage(usage, schema.Usage, scratch);
        }
        else
        {
            scratch.Refuse("usage", $"must be the usage of the app that reports: {schema.Descriptor?.FullName}");
        }
    }

    /// <summary>Reads what was kept of a report.</summary>
    public static ReportValues Read(ReportBody body, ReportSchema schema)
    {
        var scratch = ReportScratch.OfThread;
        scratch.Begin();
        scratch.Use(schema);
        ReadMessage(body.Report, schema.Report, scratch);
        ReadMessage(body.Usage, schema.Usage, scratch);
        return scratch.Values;
    }

    private static void ReadAny(
        ReadOnlySpan<byte> any, ref ReadOnlySpan<byte> type, ref ReadOnlySpan<byte> value, ReportScratch scratch)
    {
        var reader = new WireReader(any);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            switch (tag)
            {
                case TypeTag: type = reader.Utf8Text(); break;
                case ValueTag: value = reader.Message(); break;
                default: Drop(ref reader, tag, scratch); break;
            }
        }
    }

    private static void ReadMessage(ReadOnlySpan<byte> bytes, SchemaMessage message, ReportScratch scratch)
    {
        var reader = new WireReader(bytes);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            ReadField(ref reader, tag, message, scratch);
        }
    }

    private static void ReadField(ref WireReader reader, uint tag, SchemaMessage message, ReportScratch scratch)
    {
        var entry = message[tag >> 3];
        if (entry?.Field is { } field && field.Tag == tag)
        {
            field.Kind.Read(ref reader, field, scratch);
        }
        else if (entry?.Message is { } inner && (tag & 7) == WireReader.Bytes)
        {
            ReadMessage(reader.Message(), inner, scratch);
        }
        else
        {
            Drop(ref reader, tag, scratch);
        }
    }

    private static void Drop(ref WireReader reader, uint tag, ReportScratch scratch)
    {
        reader.Skip(tag);
        scratch.UnknownFields++;
    }
}
