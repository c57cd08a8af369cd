using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Schema;

/// <summary>What a planned usage means, by the rules as the contract's documentation has them, and by no code of the server.</summary>
internal sealed class ExpectedUsage
{
    private const int MostLabels = 2_000;

    public ExpectedUsage(PlannedReport report)
    {
        Bytes = Write(report.Contract.Fields, report.Usage, "usage.", withCounts: true);
        State = Write(report.Contract.Fields, report.Usage, "usage.", withCounts: false);
    }

    /// <summary>What is stored and delivered: ascending numbers, labels in the contract's order.</summary>
    public byte[] Bytes { get; }

    /// <summary>What the list of installations shows: no counts by label.</summary>
    public byte[] State { get; }

    /// <summary>Paths of fields that make it refused.</summary>
    public SortedSet<string> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Paths of fields with a value that nobody knows.</summary>
    public SortedSet<string> Dropped { get; } = new(StringComparer.Ordinal);

    public static bool IsRefused(SentField sent) => sent.Field.Shape switch
    {
        Shape.Count32 or Shape.Count64 => (ulong)sent.Occurrences[^1] > sent.Field.Largest,
        Shape.Decimal => (double)sent.Occurrences[^1] is var number && !(number >= 0 && number <= sent.Field.Largest),
        Shape.Text => sent.Field.Format == Wire.TextFormat.Version && (string)sent.Occurrences[^1] is { Length: > 0 } text && Kept(sent.Field, text) is null,
        Shape.Set => ((IReadOnlyList<string>)sent.Occurrences[^1]).Distinct().Count() > MostLabels,
        Shape.Map32 or Shape.Map64 => Last((IReadOnlyList<(string, ulong)>)sent.Occurrences[^1]) is var counts
            && (counts.Count > MostLabels || counts.Values.Any(count => count > sent.Field.Largest)),
        _ => false,
    };

    private byte[] Write(IReadOnlyList<PlannedField> fields, SentMessage message, string prefix, bool withCounts)
    {
        var output = new WireBytes();
        foreach (var field in fields.OrderBy(field => field.Number))
        {
            if (field.Shape == Shape.Group)
            {
                if (message.Groups.FirstOrDefault(group => group.Field == field).Message is { } inner
                    && Write(field.Fields, inner, prefix + field.Name + ".", withCounts) is { Length: > 0 } bytes)
                {
                    output.Message(field.Number, bytes);
                }
            }
            else if (message.Fields.FirstOrDefault(sent => sent.Field == field) is { } sent)
            {
                Write(output, sent, prefix + field.Name, withCounts);
            }
        }

        return output.ToArray();
    }

    private void Write(WireBytes output, SentField sent, string path, bool withCounts)
    {
        if (IsRefused(sent))
        {
            Refused.Add(path);
            return;
        }

        var field = sent.Field;
        switch (sent.Occurrences[^1])
        {
            case ulong count: output.Number(field.Number, count); break;
            case bool flag: output.Number(field.Number, flag ? 1UL : 0); break;
            case double number: output.Double(field.Number, Rounded(number, field.Decimals)); break;
            case int number: WriteEnumeration(output, field, number, path); break;
            case string text: WriteText(output, field, text, path); break;
            case var counts when withCounts: WriteCounts(output, field, counts); break;
        }
    }

    private static double Rounded(double number, uint decimals) =>
        // There is one zero.
        (Math.Round(number * Math.Pow(10, decimals), MidpointRounding.AwayFromZero) / Math.Pow(10, decimals)) + 0.0;

    private void WriteEnumeration(WireBytes output, PlannedField field, int number, string path)
    {
        if (number != 0 && !field.Values.Any(value => value.Number == number))
        {
            Dropped.Add(path);
            number = field.Values.FirstOrDefault(value => value.Name?.EndsWith("_OTHER", StringComparison.Ordinal) == true).Number;
        }

        if (number != 0)
        {
            output.Number(field.Number, (ulong)number);
        }
    }

    private void WriteText(WireBytes output, PlannedField field, string text, string path)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (Kept(field, text) is { } kept)
        {
            output.Text(field.Number, kept);
        }
        else
        {
            Dropped.Add(path);
        }
    }

    private static void WriteCounts(WireBytes output, PlannedField field, object value)
    {
        var isSet = field.Shape == Shape.Set;
        var sums = new Dictionary<string, UInt128>();
        foreach (var (label, count) in isSet ? ((IReadOnlyList<string>)value).Distinct().ToDictionary(label => label, _ => 1UL) : Last((IReadOnlyList<(string, ulong)>)value))
        {
            var kept = (label.Length == 0 ? null : Kept(field, label)) ?? "custom";
            sums[kept] = sums.GetValueOrDefault(kept) + count;
        }

        foreach (var (label, sum) in sums
            .OrderBy(pair => pair.Key == "custom").ThenBy(pair => field.Labels.ToList().IndexOf(pair.Key)).ThenBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (isSet)
            {
                output.Text(field.Number, label);
                continue;
            }

            var entry = new WireBytes().Text(1, label);
            var count = UInt128.Min(sum, field.Largest);
            output.Message(field.Number, (count == 0 ? entry : entry.Number(2, (ulong)count)).ToArray());
        }
    }

    /// <summary>Of a label that comes twice the last count holds, as in a protobuf map.</summary>
    private static Dictionary<string, ulong> Last(IReadOnlyList<(string Label, ulong Count)> entries)
    {
        var last = new Dictionary<string, ulong>();
        foreach (var (label, count) in entries)
        {
            last[label] = count;
        }

        return last;
    }

    private static string? Kept(PlannedField field, string text) => field.Labels.Count > 0
        ? field.Labels.Contains(text) ? text : "custom"
        : ReportGen.Texts[field.Format].FirstOrDefault(known => known.Sent == text).Kept;
}
