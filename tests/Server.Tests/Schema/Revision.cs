using CsCheck;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Schema;

/// <summary>A planned contract's next version.</summary>
/// <param name="What">What was done, for whoever reads a failure.</param>
/// <param name="After">What came out.</param>
/// <param name="Broken">The path of the field that means something else now; null when none does.</param>
internal sealed record Revision(string What, PlannedContract After, string? Broken)
{
    /// <summary>A number that no field of a planned contract has, nor the next one.</summary>
    private const int Unused = ContractGen.MaxNumber + 1;

    private static readonly (string What, bool Breaks, Func<PlannedField, PlannedField?> Change)[] Changes =
    [
        ("its max is raised", false, field => HasMax(field) ? field with { Max = field.Largest + 1 } : null),
        ("it widens", false, field => field.Shape switch
        {
            Shape.Count32 => field with { Shape = Shape.Count64 },
            Shape.Map32 => field with { Shape = Shape.Map64 },
            _ => null,
        }),
        ("it gets a label", false, field => field.Labels.Count > 0 ? field with { Labels = [.. field.Labels, "new-label"] } : null),
        ("it gets a value", false, field => field.Shape == Shape.Enumeration ? field with { Values = [.. field.Values, ($"T{field.Number}_NEW", 77)] } : null),
        ("its max is lowered", true, field => HasMax(field) && field.Largest > 1 ? field with { Max = field.Largest - 1 } : null),
        ("it has another name", true, field => field with { Name = field.Name + "_other" }),
        ("it has another number", true, field => field with { Number = Unused }),
        ("it has other decimals", true, field => field.Shape == Shape.Decimal ? field with { Max = 1, Decimals = (field.Decimals + 1) % 7 } : null),
        ("it loses a label", true, field => field.Labels.Count > 1 ? field with { Labels = [.. field.Labels.Skip(1)] } : null),
        ("it has another first label", true, field => field.Labels.Count > 0 ? field with { Labels = ["new-label", .. field.Labels] } : null),
        ("it has labels instead of a format", true, field => field.Format != 0 ? field with { Format = 0, Labels = ["de"] } : null),
        ("it has another format", true, field => field.Format != 0
            ? field with { Format = field.Format == Wire.TextFormat.Version ? Wire.TextFormat.Country : Wire.TextFormat.Version }
            : null),
        ("it loses a value", true, field => field.Values.Count > 1 ? field with { Values = [.. field.Values.Skip(1)] } : null),
        ("it is a flag now", true, field => field.Shape != Shape.Flag ? new PlannedField(field.Name, field.Number, Shape.Flag) : null),
        ("it is a text now", true, field => field.Shape != Shape.Text
            ? new PlannedField(field.Name, field.Number, Shape.Text) { Format = Wire.TextFormat.Language }
            : null),
        ("it is a group now", true, field => new PlannedField(field.Name, field.Number, Shape.Group) { Fields = [new PlannedField("inner", 1, Shape.Flag)] }),
    ];

    /// <summary>Fields come and go, and one is changed in a way of which is known what it means.</summary>
    public static Gen<Revision> Of(PlannedContract before) => Gen.Select(
        Gen.Int[0, 1_000], Gen.Int[0, Changes.Length - 1], Gen.Bool, Gen.Bool, (index, which, removes, adds) =>
    {
        var leaves = before.Leaves().ToList();
        var (path, field) = leaves[index % leaves.Count];
        var (what, breaks, how) = Changes[which];
        // A group that is too deep would be refused for that.
        var changed = how(field) is { } change && (change.Shape != Shape.Group || path.Count(letter => letter == '.') < 3) ? change : null;
        var fields = Rewrite(before.Fields, "usage.", (at, old) => at == path && changed is not null ? changed
            : removes && at != path && at == leaves[(index + 1) % leaves.Count].Path ? null
            : old);
        fields = adds ? [.. fields, new PlannedField("added", Unused + 1, Shape.Count32)] : fields;
        return new Revision(
            $"{path}: {(changed is null ? "nothing" : what)}", before with { Fields = fields },
            !breaks || changed is null ? null : path[..^field.Name.Length] + changed.Name);
    });

    /// <summary>Any other contract for these numbers and names: whether it means the same is another question.</summary>
    public static Gen<PlannedContract> Anything(PlannedContract before) =>
        Gen.Select(Of(before), Gen.Int[0, 1_000], Gen.Int[0, 3]).SelectMany((revision, index, dice) =>
        {
            var all = All(before.Fields, "usage.").ToList();
            var (path, field) = all[index % all.Count];
            return ContractGen.Leaf(field.Name, field.Number).Select(other => dice switch
            {
                0 => revision.After,
                1 => With(other),
                2 => With(other with { Name = "another" }),
                _ => With(HasMax(field) && other.Max <= uint.MaxValue ? field with { Max = other.Max } : field),
            });

            PlannedContract With(PlannedField changed) =>
                before with { Fields = Rewrite(before.Fields, "usage.", (at, old) => at == path ? changed : old) };
        });

    private static bool HasMax(PlannedField field) => field.Shape is Shape.Map32 or Shape.Map64 or Shape.Count32 or Shape.Count64
        && field.Largest < uint.MaxValue;

    private static IEnumerable<(string Path, PlannedField Field)> All(IReadOnlyList<PlannedField> fields, string prefix) =>
        fields.SelectMany(field => All(field.Fields, $"{prefix}{field.Name}.").Prepend((prefix + field.Name, field)));

    private static IReadOnlyList<PlannedField> Rewrite(
        IReadOnlyList<PlannedField> fields, string prefix, Func<string, PlannedField, PlannedField?> change) => [.. fields
        .Select(field => change(prefix + field.Name, field) is { } kept && kept == field
            ? kept with { Fields = Rewrite(kept.Fields, $"{prefix}{field.Name}.", change) }
            : change(prefix + field.Name, field))
        .OfType<PlannedField>()];
}
