using CsCheck;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Schema;

/// <summary>Random usages of a planned contract: ordinary values, both ends of every limit and beyond, and what nobody knows.</summary>
internal static class ReportGen
{
    /// <summary>Texts of formats, with what is kept of them; null for what is not.</summary>
    public static readonly IReadOnlyDictionary<Wire.TextFormat, (string Sent, string? Kept)[]> Texts = new Dictionary<Wire.TextFormat, (string, string?)[]>
    {
        [Wire.TextFormat.Version] =
        [
            ("8.2", "8.2"), ("0", "0"), ("1.2.3.4", "1.2.3.4"), ("8.2.0-RC1", "8.2.0-rc1"), ("10.6.18-MariaDB", "10.6.18"),
            ("999999.999999.999999.999999", "999999.999999.999999.999999"), ("1." + new string('x', 62), "1"), ("1." + new string('x', 63), null),
            ("v1", null), ("1234567", null), ("unknown", null),
        ],
        [Wire.TextFormat.Country] = [("DE", "DE"), ("de", "DE"), ("xk", "XK"), ("ZZ", null), ("Germany", null)],
        [Wire.TextFormat.Language] =
        [
            ("de", "de"), ("pt_BR.UTF-8", "pt-BR"), ("sr@latin", "sr-Latn"), ("DE-at", "de-AT"), ("es-419", "es-419"),
            ("de-x-" + string.Join('-', Enumerable.Repeat("abcde", 5)), "de"), ("deutsch!", null), (new string('d', 36), null),
        ],
        [Wire.TextFormat.Timezone] = [("Europe/Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("UTC", "UTC"), ("Mars/Olympus", null)],
    };

    private static readonly Gen<string> Own = Gen.OneOf(
        "somebody's own", "Ünïcode ☂ 🛰", "eur ", "custom", "\"\\/\n\0", new string('x', 1_024), new string('x', 1_025), new string('Ü', 512),
        new string('☂', 3_000));

    public static Gen<PlannedReport> Of(PlannedContract contract) =>
        Gen.Select(Message(contract.Fields), Gen.Int, (usage, layout) => new PlannedReport(contract, usage, layout));

    /// <summary>Only what is accepted.</summary>
    public static Gen<PlannedReport> Accepted(PlannedContract contract) =>
        Of(contract).Select(report => report with { Usage = Mended(report.Usage) });

    private static SentMessage Mended(SentMessage message) => message with
    {
        Fields = [.. message.Fields.Where(field => !ExpectedUsage.IsRefused(field))],
        Groups = [.. message.Groups.Select(group => (group.Field, Mended(group.Message)))],
    };

    private static Gen<SentMessage> Message(IReadOnlyList<PlannedField> fields) => Gen.Select(
        ContractGen.All(fields.Where(field => field.Shape != Shape.Group).Select(Field)),
        ContractGen.All(fields.Where(field => field.Shape == Shape.Group).Select(field =>
            Gen.Select(Message(field.Fields), Gen.Int[0, 3], (inner, dice) => dice == 0 ? null : ((PlannedField, SentMessage)?)(field, inner)))),
        Gen.Frequency((6, Gen.Const(0)), (1, Gen.Int[1, 3])),
        (values, groups, unknown) => new SentMessage(
            [.. values.Where(value => value.Occurrences.Count > 0)], [.. groups.OfType<(PlannedField, SentMessage)>()], unknown));

    private static Gen<SentField> Field(PlannedField field) =>
        Gen.Frequency((1, Gen.Const(0)), (4, Gen.Const(1)), (1, Gen.Const(field.IsCounts ? 1 : 3))).SelectMany(times =>
            Value(field).Array[times].Select(values => new SentField(field, values)));

    private static Gen<object> Value(PlannedField field) => field.Shape switch
    {
        Shape.Count32 or Shape.Count64 => Count(field.Largest).Select(count => (object)count),
        Shape.Flag => Gen.Bool.Select(flag => (object)flag),
        Shape.Decimal => Decimal(field.Largest).Select(number => (object)number),
        Shape.Enumeration => Gen.OneOf<object>([.. field.Values.Select(value => (object)value.Number), 0, -1, 99, int.MaxValue, int.MinValue]),
        Shape.Text => Text(field).Select(text => (object)text),
        Shape.Set => Text(field).List[0, 6].Select(set => (object)(IReadOnlyList<string>)set),
        _ => Gen.Frequency((40, Entries(field, 6)), (2, Entries(field, 120)), (1, Gen.OneOf(ManyOwn(field, 2_000), ManyOwn(field, 2_001)))),
    };

    private static Gen<object> Entries(PlannedField field, int most) => Gen.Select(Text(field), Count(field.Largest), (label, count) => (label, count))
        .List[0, most].Select(entries => (object)(IReadOnlyList<(string, ulong)>)entries);

    /// <summary>As many as may be there, or one more, each with the largest count.</summary>
    private static Gen<object> ManyOwn(PlannedField field, int number) => Gen.Const(
        (object)(IReadOnlyList<(string, ulong)>)[.. Enumerable.Range(0, number).Select(i => ($"own {i}", field.Largest))]);

    /// <summary>At both ends, in between, and now and then beyond.</summary>
    private static Gen<ulong> Count(ulong largest) => Gen.Frequency(
        (10, Gen.ULong[0, largest]), (4, Gen.Const(0UL)), (4, Gen.Const(largest)), (1, Gen.Const(largest + 1)), (1, Gen.Const((ulong)long.MaxValue)));

    private static Gen<double> Decimal(ulong largest) => Gen.Frequency(
        (8, Gen.Double[0, largest]), (4, Gen.Int[0, 1_000_000].Select(number => Math.Min(number / 1_000.0, largest))), (2, Gen.Const(0.0)), (1, Gen.Const(-0.0)),
        (4, Gen.Const((double)largest)), (2, Gen.Const(Math.BitDecrement((double)largest))), (1, Gen.Const(Math.BitIncrement((double)largest))),
        (1, Gen.Const(-0.001)), (1, Gen.Const(double.MaxValue)), (1, Gen.Const(double.Epsilon)));

    private static Gen<string> Text(PlannedField field) => field.Labels.Count > 0
        ? Gen.Frequency((6, Gen.Int[0, field.Labels.Count - 1].Select(index => field.Labels[index])), (2, Own), (1, Gen.Const("")))
        : Gen.Frequency(
            (8, Gen.Int[0, Texts[field.Format].Length - 1].Select(index => Texts[field.Format][index].Sent)), (1, Gen.Const("")),
            // What no contract lists is a text of a closed format's own only where it falls under "custom".
            (field.IsCounts ? 1 : 0, Own));
}
