using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Schema;

/// <summary>What is sent for one field that is no group.</summary>
/// <param name="Field">The field.</param>
/// <param name="Occurrences">The last one holds; counts by label are one list, in which the last count of a label holds.</param>
internal sealed record SentField(PlannedField Field, IReadOnlyList<object> Occurrences)
{
    public override string ToString() => $"{Field.Name}: {string.Join(" then ", Occurrences.Select(Show))}";

    private static string Show(object value) => value switch
    {
        IEnumerable<(string, ulong)> counts => string.Join(' ', counts.Select(count => $"'{Short(count.Item1)}'={count.Item2}")),
        IEnumerable<string> set => string.Join(' ', set.Select(Short)),
        string text => $"'{Short(text)}'",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Short(string text) => text.Length <= 70 ? text : $"{text[..10]}... of {text.Length} characters";
}

/// <summary>What is sent for a message: its fields, the messages in it, and so many that no contract knows.</summary>
internal sealed record SentMessage(IReadOnlyList<SentField> Fields, IReadOnlyList<(PlannedField Field, SentMessage Message)> Groups, int Unknown)
{
    public override string ToString() =>
        $"{{ {string.Join("; ", Fields)} {string.Join("; ", Groups.Select(group => $"{group.Field.Name} {group.Message}"))} +{Unknown} unknown }}";
}

/// <summary>A usage that a test plans, as a client may write it: in any order, with repetitions, split, with more than is known.</summary>
/// <param name="Contract">What it keeps to.</param>
/// <param name="Usage">What is sent.</param>
/// <param name="Layout">Decides about everything that means nothing.</param>
internal sealed record PlannedReport(PlannedContract Contract, SentMessage Usage, int Layout)
{
    public int UnknownFields => UnknownIn(Usage);

    public byte[] ToWire() => Join(Chunks(Usage, new Random(Layout)));

    public JsonObject ToJson()
    {
        var json = ToJson(Contract.Fields, Usage, new Random(Layout));
        json.Insert(0, "@type", Contract.TypeUrl);
        return json;
    }

    /// <summary>A report with this usage; nothing else in it is of interest.</summary>
    public Wire.Report ToReport(string? hash = null) => Around(Contract, ByteString.CopyFrom(ToWire()), hash);

    public static Wire.Report Around(PlannedContract contract, ByteString usage, string? hash = null) => new()
    {
        ReportId = Guid.NewGuid().ToString("D"),
        InstanceHash = hash ?? SampleReports.HashOf("https://a.example"),
        App = contract.Slug,
        AppVersion = "1.0",
        Usage = new Any { TypeUrl = contract.TypeUrl, Value = usage },
    };

    /// <summary>The same in ProtoJSON.</summary>
    public byte[] ToJsonReport(string? hash = null) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["usage"] = ToJson(),
        ["reportId"] = Guid.NewGuid().ToString("D"),
        ["instanceHash"] = hash ?? SampleReports.HashOf("https://a.example"),
        ["app"] = Contract.Slug,
        ["appVersion"] = "1.0",
    }.ToJsonString());

    public override string ToString() => $"layout {Layout}: {Usage}";

    private static int UnknownIn(SentMessage message) => message.Unknown + message.Groups.Sum(group => UnknownIn(group.Message));

    private static byte[] Join(IEnumerable<(int Number, byte[] Bytes)> chunks) => [.. chunks.SelectMany(chunk => chunk.Bytes)];

    /// <summary>In random order, but for those of one field among each other.</summary>
    private static List<(int Number, byte[] Bytes)> Chunks(SentMessage message, Random random)
    {
        var chunks = new List<(int Number, byte[] Bytes)>();
        foreach (var sent in message.Fields)
        {
            chunks.AddRange(sent.Occurrences.SelectMany(value => Encode(sent.Field, value, random)).Select(bytes => (sent.Field.Number, bytes)));
        }

        foreach (var (field, inner) in message.Groups)
        {
            // Parts of a message that comes twice are one message.
            var parts = Chunks(inner, random);
            var cut = random.Next(3) == 0 ? random.Next(parts.Count + 1) : parts.Count;
            foreach (var part in cut < parts.Count ? new[] { parts[..cut], parts[cut..] } : [parts])
            {
                chunks.Add((field.Number, new WireBytes().Message(field.Number, Join(part)).ToArray()));
            }
        }

        for (var i = 0; i < message.Unknown; i++)
        {
            chunks.Add((0, Unknown(message, random)));
        }

        var order = chunks.Select(chunk => chunk.Number).ToArray();
        random.Shuffle(order);
        var queues = chunks.GroupBy(chunk => chunk.Number).ToDictionary(group => group.Key, group => new Queue<(int, byte[])>(group));
        return [.. order.Select(number => queues[number].Dequeue())];
    }

    private static IEnumerable<byte[]> Encode(PlannedField field, object value, Random random)
    {
        switch (value)
        {
            case ulong count: return [new WireBytes().Number(field.Number, count).ToArray()];
            // Anything but zero is true.
            case bool flag: return [new WireBytes().Number(field.Number, flag ? (ulong)random.NextInt64(1, 3) : 0).ToArray()];
            case int number: return [new WireBytes().Number(field.Number, (ulong)(long)number).ToArray()];
            case double number: return [new WireBytes().Double(field.Number, number).ToArray()];
            case string text: return [new WireBytes().Text(field.Number, text).ToArray()];
            case IReadOnlyList<string> set: return set.Select(text => new WireBytes().Text(field.Number, text).ToArray());
            default:
                return ((IReadOnlyList<(string Label, ulong Count)>)value).Select(entry =>
                {
                    // Either may be missing where it is the default, and they may come in any order.
                    byte[] key = entry.Label.Length == 0 && random.Next(2) == 0 ? [] : new WireBytes().Text(1, entry.Label).ToArray();
                    byte[] count = entry.Count == 0 && random.Next(2) == 0 ? [] : new WireBytes().Number(2, entry.Count).ToArray();
                    return new WireBytes().Message(field.Number, random.Next(2) == 0 ? [.. key, .. count] : [.. count, .. key]).ToArray();
                });
        }
    }

    /// <summary>A number that the contract does not have, or one that it has with another wire type.</summary>
    private static byte[] Unknown(SentMessage message, Random random)
    {
        var known = message.Fields.Count > 0 && random.Next(2) == 0 ? message.Fields[random.Next(message.Fields.Count)].Field : null;
        var number = known?.Number ?? random.Next(3) switch { 0 => 1_001, 1 => (1 << 29) - 1, _ => random.Next(2_000, 3_000) };
        uint[] types = [.. new uint[] { 0, 1, 2, 3, 5 }.Where(type => type != known?.WireType)];
        return types[random.Next(types.Length)] switch
        {
            0 => new WireBytes().Number(number, ulong.MaxValue).ToArray(),
            1 => new WireBytes().Double(number, double.NaN).ToArray(),
            2 => new WireBytes().Message(number, [0xff, 0x00]).ToArray(),
            3 => new WireBytes().Tag(number, 3).Number(1, 5).Tag(number, 4).ToArray(),
            _ => new WireBytes().Tag(number, 5).Raw([1, 2, 3, 4]).ToArray(),
        };
    }

    private static JsonObject ToJson(IReadOnlyList<PlannedField> fields, SentMessage message, Random random)
    {
        var members = fields
            .Where(field => message.Fields.All(sent => sent.Field != field) && message.Groups.All(group => group.Field != field) && random.Next(3) == 0)
            // What is null is not there.
            .Select(field => KeyValuePair.Create(field.JsonName, (JsonNode?)null)).ToList();
        foreach (var sent in message.Fields)
        {
            members.Add(KeyValuePair.Create(random.Next(2) == 0 ? sent.Field.JsonName : sent.Field.Name, (JsonNode?)ToJson(sent.Field, sent.Occurrences[^1], random)));
        }

        foreach (var (field, inner) in message.Groups)
        {
            members.Add(KeyValuePair.Create(random.Next(2) == 0 ? field.JsonName : field.Name, (JsonNode?)ToJson(field.Fields, inner, random)));
        }

        for (var i = 0; i < message.Unknown; i++)
        {
            members.Add(KeyValuePair.Create($"unknown{i}", random.Next(4) switch
            {
                0 => null,
                1 => new JsonObject { ["f1_rooms"] = 7 },
                2 => new JsonArray(1, "a"),
                _ => (JsonNode?)JsonValue.Create(true),
            }));
        }

        var array = members.ToArray();
        random.Shuffle(array);
        return new JsonObject(array);
    }

    private static JsonNode ToJson(PlannedField field, object value, Random random)
    {
        return value switch
        {
            ulong count => Count(count),
            bool flag => JsonValue.Create(flag),
            double number => JsonValue.Create(number),
            int number => field.Values.FirstOrDefault(known => known.Number == number) is { Name: { } name } && random.Next(2) == 0
                ? JsonValue.Create(name)
                : JsonValue.Create(number),
            string text => JsonValue.Create(text),
            IReadOnlyList<string> set => new JsonArray([.. set.Select(text => JsonValue.Create(text))]),
            _ => Counts((IReadOnlyList<(string Label, ulong Count)>)value),
        };

        // Wide numbers are texts in ProtoJSON, and either form is taken.
        JsonNode Count(ulong count) =>
            random.Next(2) == 0 ? JsonValue.Create(count) : JsonValue.Create(count.ToString(CultureInfo.InvariantCulture));

        JsonObject Counts(IReadOnlyList<(string Label, ulong Count)> entries)
        {
            var json = new JsonObject();
            foreach (var (label, count) in entries)
            {
                json[label] = Count(count);
            }

            return json;
        }
    }
}

/// <summary>Protobuf's wire format, written by nothing but its description: the measure for what reads and writes it.</summary>
internal sealed class WireBytes
{
    private readonly List<byte> _bytes = [];

    public bool IsEmpty => _bytes.Count == 0;

    public WireBytes Number(int field, ulong value) => Tag(field, 0).Varint(value);

    public WireBytes Double(int field, double value) => Tag(field, 1).Raw(BitConverter.GetBytes(value));

    public WireBytes Text(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    public WireBytes Message(int field, byte[] bytes) => Tag(field, 2).Varint((ulong)bytes.Length).Raw(bytes);

    public WireBytes Tag(int field, uint type) => Varint((ulong)field << 3 | type);

    public WireBytes Raw(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    private WireBytes Varint(ulong value)
    {
        for (; value > 127; value >>= 7)
        {
            _bytes.Add((byte)(128 | (value & 127)));
        }

        _bytes.Add((byte)value);
        return this;
    }
}
