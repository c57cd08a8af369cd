using System.Globalization;
using Telemetry.Contracts.V1;

namespace Telemetry.Dashboard.State;

/// <summary>Installations whose field has, or has not, one of some values. An empty value is unknown.</summary>
/// <param name="Parts">For versions: how many of their numbers are compared; all when 0.</param>
public sealed record FieldCondition(string Field, IReadOnlyList<string> Values, bool Not = false, int Parts = 0)
{
    /// <summary>As it stands in an address: "environment.php_version@2:8.1,8.2".</summary>
    public override string ToString() =>
        $"{Field}{(Parts > 0 ? "@" + Parts.ToString(CultureInfo.InvariantCulture) : "")}:{string.Join(',', Values)}";

    public static FieldCondition? Parse(string text, bool not)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
        {
            return null;
        }

        var (field, values) = (text[..colon], text[(colon + 1)..].Split(','));
        var at = field.IndexOf('@', StringComparison.Ordinal);
        return at < 0 ? new(field, values, not)
            : int.TryParse(field.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var parts) && parts is >= 1 and <= 4
                ? new(field[..at], values, not, parts) : null;
    }

    public FieldFilter ToFilter() => new() { Field = Field, Values = { Values }, Exclude = Not, VersionParts = (uint)Parts };

    public bool Equals(FieldCondition? other) => other is not null && Not == other.Not && ToString() == other.ToString();

    public override int GetHashCode() => HashCode.Combine(ToString(), Not);
}

/// <summary>Which installations over which time: what travels between the pages, and stands in the address.</summary>
public sealed record View
{
    public static readonly int[] Windows = [1, 7, 30];
    public static readonly int[] Lengths = [30, 90, 180, 400];

    /// <summary>One app by its slug; all when nothing is said.</summary>
    public string? App { get; init; }

    /// <summary>Active in so many days.</summary>
    public int Window { get; init; } = 7;

    /// <summary>How many days are looked back over.</summary>
    public int Days { get; init; } = 90;

    /// <summary>Whether the time before, of the same length, stands beside it.</summary>
    public bool Compare { get; init; } = true;

    public IReadOnlyList<FieldCondition> Filters { get; init; } = [];

    public static View Of(Address address) => new()
    {
        App = address["app"] is { Length: > 0 } app ? app : null,
        Window = Number(address["active"], 7, 1, 90),
        Days = Number(address["days"], 90, 2, 800),
        Compare = address["compare"] != "no",
        Filters = [.. address.Parameters.Where(parameter => parameter.Key is "is" or "not")
            .Select(parameter => FieldCondition.Parse(parameter.Value, parameter.Key == "not")).OfType<FieldCondition>()],
    };

    /// <summary>The address with this view; what is as usual is not written.</summary>
    public Address ApplyTo(Address address)
    {
        var applied = address.With("app", App)
            .With("active", Window == 7 ? null : Text(Window))
            .With("days", Days == 90 ? null : Text(Days))
            .With("compare", Compare ? null : "no")
            .With("is").With("not");
        return applied with
        {
            Parameters = [.. applied.Parameters, .. Filters.Select(filter => KeyValuePair.Create(filter.Not ? "not" : "is", filter.ToString()))],
        };
    }

    /// <summary>With one condition more; a field has one condition of each kind, so values of the same join it.</summary>
    public View Add(FieldCondition condition)
    {
        var at = Filters.ToList().FindIndex(filter => filter.Field == condition.Field && filter.Not == condition.Not && filter.Parts == condition.Parts);
        if (at < 0)
        {
            return this with { Filters = [.. Filters, condition] };
        }

        var joined = Filters[at] with { Values = [.. Filters[at].Values.Union(condition.Values)] };
        return this with { Filters = [.. Filters.Select((filter, i) => i == at ? joined : filter)] };
    }

    public Population ToPopulation() => new()
    {
        Apps = { Apps },
        Activity = Activity.Active,
        WindowDays = (uint)Window,
        Filters = { Filters.Select(filter => filter.ToFilter()) },
    };

    public IEnumerable<string> Apps => App is null ? [] : [App];

    public bool Equals(View? other) =>
        other is not null && ApplyTo(new Address("")).Equals(other.ApplyTo(new Address("")));

    public override int GetHashCode() => ApplyTo(new Address("")).GetHashCode();

    private static int Number(string? text, int otherwise, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : otherwise;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
