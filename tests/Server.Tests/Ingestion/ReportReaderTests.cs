using System.Reflection;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Telemetry.Server.Ingestion;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Ingestion;

/// <summary>Reports are read without the generated classes; whatever the bytes, both must understand the same.</summary>
public sealed class ReportReaderTests
{
    private const int Bodies = 200_000;

    [Fact]
    public void Good_and_damaged_bytes_are_understood_or_refused_as_the_generated_classes_do()
    {
        var mutations = new Mutations(new Random(7), [.. Seeds()]);
        var (good, bad, unknown, stricter) = (0, 0, 0, 0);
        foreach (var body in Seeds().Concat(Enumerable.Range(0, Bodies).Select(_ => mutations.Next())))
        {
            string? expected = null;
            var hasUnknown = false;
            try
            {
                (var report, hasUnknown) = GeneratedReading.Read(body);
                expected = Text(report);
            }
            catch (InvalidProtocolBufferException)
            {
                bad++;
            }

            if (expected is null)
            {
                Assert.True(Throws(body), $"Accepted, unlike the generated class: {Convert.ToHexString(body)}");
                continue;
            }

            var read = new SubmittedReport();
            if (Throws(body))
            {
                // The generated classes cut a number that is wider than its field, and pass over a wire type that does not
                // exist when it is inside a map's entry.
                stricter++;
                continue;
            }

            ReportReader.Read(body, read);
            Assert.True(expected == Text(read), $"{expected}\n{Text(read)}\n{Convert.ToHexString(body)}");
            Assert.Equal(hasUnknown, read.UnknownFields > 0);
            good++;
            unknown += hasUnknown ? 1 : 0;
        }

        Assert.True(good > Bodies / 10 && bad > Bodies / 10 && unknown > Bodies / 100, $"{good} good, {bad} bad, {unknown} unknown");
        Assert.True(stricter < good / 50, $"{stricter} of {good} were refused although they are messages");
    }

    public static TheoryData<string> Fields => [.. FieldsOf(Wire.Report.Descriptor, "")];

    [Theory]
    [MemberData(nameof(Fields))]
    public void Every_field_of_the_contract_is_read(string path)
    {
        var message = new Wire.Report();
        IMessage parent = message;
        foreach (var name in path.Split('.'))
        {
            var field = parent.Descriptor.FindFieldByName(name);
            if (field.FieldType == FieldType.Message && !field.IsMap)
            {
                var inner = (IMessage)Activator.CreateInstance(field.MessageType.ClrType)!;
                field.Accessor.SetValue(parent, inner);
                parent = inner;
            }
            else
            {
                Fill(parent, field);
            }
        }

        var (empty, read) = (new SubmittedReport(), new SubmittedReport());
        ReportReader.Read(message.ToByteArray(), read);
        if (path.StartsWith("roomvox.", StringComparison.Ordinal))
        {
            empty.HasRoomVoxUsage = true;
        }

        Assert.Equal(0, read.UnknownFields);
        Assert.NotEqual(Text(empty), Text(read));
    }

    [Fact]
    public void Only_texts_that_were_accepted_are_kept_in_memory()
    {
        var report = SampleReports.Of();
        report.Environment.PhpVersion = "8.2.36-of-a-machine-named-after-somebody";
        var bytes = report.ToByteArray();
        var (first, second) = (new SubmittedReport(), new SubmittedReport());

        ReportReader.Read(bytes, first);
        ReportReader.Read(bytes, second);

        Assert.Equal(first.PhpVersion, second.PhpVersion);
        Assert.NotSame(first.PhpVersion, second.PhpVersion);
        Assert.Null(Model.TextPool.Shared.Find("8.2.36-of-a-machine-named-after-somebody"u8));
    }

    private static IEnumerable<byte[]> Seeds()
    {
        var full = new Wire.Report();
        FillAll(full);
        var own = SampleReports.Of();
        own.Roomvox.RoomTypes.Add("our own kind", 7);
        own.Roomvox.RoomTypes.Add("another", 4_000_000_000);
        yield return full.ToByteArray();
        yield return own.ToByteArray();
        yield return [.. own.ToByteArray(), .. full.ToByteArray()];
        // Unknown fields of every wire type, a group in a group among them.
        yield return [.. own.ToByteArray(), 0xA0, 0x06, 0x96, 0x01, 0xA1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0xA2, 0x06, 2, 9, 9, 0xA5, 0x06, 1, 2, 3, 4];
        yield return [.. own.ToByteArray(), 0xA3, 0x06, 0x0B, 0x10, 0x05, 0x0C, 0xA4, 0x06];
        // Numbers of ten bytes, a text that is no UTF-8.
        yield return [0x28, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x22, 0x03, 0xC3, 0x28, 0xE2];
        yield return [];
    }

    private static bool Throws(byte[] body)
    {
        try
        {
            ReportReader.Read(body, new SubmittedReport());
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private static string Text(SubmittedReport report)
    {
        // Presence of an empty text means nothing in the contract.
        foreach (var property in typeof(SubmittedReport).GetProperties().Where(p => p.PropertyType == typeof(string)))
        {
            property.SetValue(report, property.GetValue(report) ?? "");
        }

        var values = typeof(SubmittedReport).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.Name != nameof(SubmittedReport.UnknownFields))
            .ToDictionary(property => property.Name, property => property.GetValue(report) switch
            {
                SubmittedCounts counts =>
                    $"{counts.Entries} {counts.CustomEntries} {counts.OutOfRange} {string.Join(' ', counts.ToLabelCounts().Items.ToArray())}",
                double number => BitConverter.DoubleToInt64Bits(number).ToString("x", null),
                var value => value?.ToString(),
            });
        return JsonSerializer.Serialize(values);
    }

    private static IEnumerable<string> FieldsOf(MessageDescriptor message, string prefix) =>
        message.Fields.InDeclarationOrder().SelectMany(field => field.FieldType == FieldType.Message && !field.IsMap
            ? FieldsOf(field.MessageType, prefix + field.Name + ".")
            : [prefix + field.Name]);

    private static void FillAll(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType == FieldType.Message && !field.IsMap)
            {
                var inner = (IMessage)Activator.CreateInstance(field.MessageType.ClrType)!;
                FillAll(inner);
                field.Accessor.SetValue(message, inner);
            }
            else
            {
                Fill(message, field);
            }
        }
    }

    private static void Fill(IMessage message, FieldDescriptor field)
    {
        if (field.IsMap)
        {
            ((Google.Protobuf.Collections.MapField<string, uint>)field.Accessor.GetValue(message)).Add("wifi", 3);
            return;
        }

        field.Accessor.SetValue(message, field.FieldType switch
        {
            FieldType.String => "31.4",
            FieldType.UInt32 => 41u,
            FieldType.Double => 1.5,
            FieldType.Bool => true,
            FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, 1),
            _ => throw new NotSupportedException($"{field.FullName} is of a type that no field had; teach reader and test."),
        });
    }
}
