using CsCheck;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Schema;

/// <summary>Random contracts that keep every rule, with all that they may hold.</summary>
internal static class ContractGen
{
    private const int MaxDepth = 3;

    /// <summary>The largest number of a field in a planned contract; two more are left for the next one's.</summary>
    public const int MaxNumber = 998;

    private static readonly string[] Words = ["rooms", "api2", "x", "Mixed", "long_word_after_word", "per_day"];

    private static readonly string[] AllLabels =
        ["eur", "usd", "a", "A", "0", "1", "x.y_z-1", "Custom", "meeting-room", "L23456789_123456789_123456789_123456789_123456789_123456789_1234"];

    private static readonly Gen<int> Gap = Gen.Frequency((8, Gen.Const(1)), (2, Gen.Int[2, 20]), (1, Gen.Int[21, 400]));

    private static readonly Gen<IReadOnlyList<string>> Labels =
        Gen.Shuffle(AllLabels, 1, AllLabels.Length).Select(labels => (IReadOnlyList<string>)labels);

    private static readonly Gen<Wire.TextFormat> Formats = Gen.OneOf(
        Wire.TextFormat.Version, Wire.TextFormat.Country, Wire.TextFormat.Language, Wire.TextFormat.Timezone);

    public static Gen<PlannedContract> Contract { get; } = Message(1).Select(fields => new PlannedContract("planned", fields));

    /// <summary>A field that is no group.</summary>
    public static Gen<PlannedField> Leaf(string name, int number) => Gen.OneOf(
        Max(uint.MaxValue).Select(max => new PlannedField(name, number, Shape.Count32) { Max = max }),
        Max(1UL << 53).Select(max => new PlannedField(name, number, Shape.Count64) { Max = max }),
        Gen.Const(new PlannedField(name, number, Shape.Flag)),
        Gen.UInt[0, 6].SelectMany(decimals => Max((1UL << (decimals == 0 ? 53 : 50)) / (ulong)Math.Pow(10, decimals)).Select(max =>
            new PlannedField(name, number, Shape.Decimal) { Max = max, Decimals = decimals })),
        Values(number).Select(values => new PlannedField(name, number, Shape.Enumeration) { Values = values }),
        Guarded(new PlannedField(name, number, Shape.Text)),
        Guarded(new PlannedField(name, number, Shape.Set)),
        Max(uint.MaxValue).SelectMany(max => Guarded(new PlannedField(name, number, Shape.Map32) { Max = max })),
        Max(1UL << 53).SelectMany(max => Guarded(new PlannedField(name, number, Shape.Map64) { Max = max })));

    /// <summary>One gen after the other, into a list.</summary>
    public static Gen<IReadOnlyList<T>> All<T>(IEnumerable<Gen<T>> gens) => gens.Aggregate(
        Gen.Const((IReadOnlyList<T>)[]), (all, gen) => Gen.Select(all, gen, (list, item) => (IReadOnlyList<T>)[.. list, item]));

    private static Gen<IReadOnlyList<PlannedField>> Message(int depth) =>
        Gen.Select(Gap, Gen.Int[0, Words.Length - 1]).List[1, depth == 1 ? 14 : 5].SelectMany(plans =>
        {
            var number = 0;
            return All(plans
                .Select(plan => (Number: number += plan.Item1, Name: $"f{number}_{Words[plan.Item2]}"))
                .TakeWhile(plan => plan.Number <= MaxNumber)
                .Select(plan => depth == MaxDepth
                    ? Leaf(plan.Name, plan.Number)
                    : Gen.Frequency((8, Leaf(plan.Name, plan.Number)), (1, Group(plan.Name, plan.Number, depth)))));
        });

    private static Gen<PlannedField> Group(string name, int number, int depth) =>
        Message(depth + 1).Select(fields => new PlannedField(name, number, Shape.Group) { Fields = fields });

    private static Gen<IReadOnlyList<(string, int)>> Values(int field) => Gen.Select(
        Gen.Int[1, 9].Select(count => Enumerable.Range(1, count)), Gen.OneOf(1, 7, 100_000_000), Gen.Bool,
        (numbers, step, hasOther) => (IReadOnlyList<(string, int)>)[.. numbers.Select(number =>
            (number == 2 && hasOther ? $"T{field}_OTHER" : $"T{field}_V{number}", number * step))]);

    private static Gen<PlannedField> Guarded(PlannedField field) => Gen.OneOf(
        Labels.Select(labels => field with { Labels = labels }), Formats.Select(format => field with { Format = format }));

    private static Gen<ulong> Max(ulong largest) => Gen.Frequency(
        (3, Gen.Const(PlannedField.DefaultMax <= largest ? 0UL : largest)), (2, Gen.ULong[1, 300]), (1, Gen.ULong[1, largest]), (1, Gen.Const(largest)));
}
