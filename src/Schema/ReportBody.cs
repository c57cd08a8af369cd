using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema;

/// <summary>A report as it is kept: the bytes of the contract's own messages, in the one form that there is for its values.</summary>
/// <remarks>
/// What identifies or is secret is not among them. The report and the app's usage stand one after the other; the Any around
/// the usage is put on when they are handed out, because its type's name is the same for every report of an app.
/// </remarks>
/// <param name="Bytes">The report's fields, then the usage's.</param>
/// <param name="ReportLength">How many of them are the report's.</param>
internal readonly record struct ReportBody(ReadOnlyMemory<byte> Bytes, int ReportLength)
{
    public ReadOnlySpan<byte> Report => Bytes.Span[..ReportLength];

    public ReadOnlySpan<byte> Usage => Bytes.Span[ReportLength..];

    /// <summary>The app's version, without reading the rest; empty when it is not known.</summary>
    public ReadOnlySpan<byte> AppVersion => Find(Report, Wire.Report.AppVersionFieldNumber);

    /// <summary>The country, without reading the rest; empty when it is not known.</summary>
    public ReadOnlySpan<byte> Country => Find(Find(Report, Wire.Report.EnvironmentFieldNumber), Wire.Environment.CountryFieldNumber);

    /// <param name="schema">The app's.</param>
    /// <param name="values">What to write.</param>
    /// <param name="counts">Where counts by label are; null to leave them out.</param>
    public static ReportBody Write(ReportSchema schema, ReportValues values, ReportScratch? counts)
    {
        var size = 0;
        foreach (var field in schema.Fields)
        {
            size += field.IsStored ? field.Kind.MaxSize(field, values, counts) + BackwardWriter.MaxNumber : 0;
        }

        var writer = new BackwardWriter((counts ?? ReportScratch.OfThread).Buffer(size));
        Write(ref writer, schema.Usage, values, counts);
        var usage = writer.Length;
        Write(ref writer, schema.Report, values, counts);
        return new ReportBody(writer.Written.ToArray(), writer.Length - usage);
    }

    /// <summary>The whole message as clients know it.</summary>
    public Wire.Report ToMessage(ReportSchema schema)
    {
        var report = Wire.Report.Parser.ParseFrom(Report);
        report.App = schema.App;
        if (schema.Descriptor is not null)
        {
            report.Usage = new Google.Protobuf.WellKnownTypes.Any
            {
                TypeUrl = schema.TypeUrl,
                Value = Google.Protobuf.ByteString.CopyFrom(Usage),
            };
        }

        return report;
    }

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> message, int number)
    {
        var reader = new WireReader(message);
        for (var tag = reader.Next(); tag != 0; tag = reader.Next())
        {
            if (tag == WireTag.Of(number, WireReader.Bytes))
            {
                return reader.Message();
            }

            reader.Skip(tag);
        }

        return [];
    }

    private static void Write(ref BackwardWriter writer, SchemaMessage message, ReportValues values, ReportScratch? counts)
    {
        for (var i = message.Entries.Count - 1; i >= 0; i--)
        {
            var entry = message.Entries[i];
            if (entry.Field is { } field)
            {
                if (field.IsStored)
                {
                    field.Kind.Write(ref writer, field, values, counts);
                }

                continue;
            }

            var begin = writer.Length;
            Write(ref writer, entry.Message!, values, counts);
            if (writer.Length > begin)
            {
                writer.CloseMessage(entry.Message!.TagBytes, begin);
            }
        }
    }
}
