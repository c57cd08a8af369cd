using Google.Protobuf.Collections;
using Telemetry.Schema;
using Telemetry.Schema.Kinds;
using Telemetry.Server.Insights.Questions;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Insights;

/// <summary>Reads and checks filters by fields. A value that could select nothing is refused, not ignored.</summary>
internal static class FieldFilterQueryReader
{
    public const int MaxVersionParts = 4;

    /// <param name="place">Where the filters stand in the request, e.g. "filter.fields".</param>
    /// <param name="filters">The filters.</param>
    /// <param name="schemas">Those of the apps that are asked for.</param>
    /// <exception cref="Grpc.Core.RpcException">One breaks a rule.</exception>
    public static List<FieldChoice> Read(string place, RepeatedField<Wire.FieldFilter> filters, IReadOnlyList<ReportSchema> schemas)
    {
        Paging.CheckCount(place, filters.Count);
        return [.. filters.Select((filter, index) => Read(FormattableString.Invariant($"{place}[{index}]"), filter, schemas))];
    }

    /// <summary>The schemas of the apps asked for.</summary>
    public static List<ReportSchema> SchemasOf(AppRegistry apps, IReadOnlySet<string>? slugs) =>
        [.. apps.All.Where(schema => slugs?.Contains(schema.App) != false)];

    /// <summary>How many numbers of a version are told apart, checked.</summary>
    public static int VersionParts(string place, uint parts, bool isVersion) =>
        parts == 0 ? 0
        : !isVersion ? throw RpcErrors.InvalidField(place, "is for versions; leave it out for other fields")
        : parts <= MaxVersionParts ? (int)parts
        : throw RpcErrors.InvalidField(place, $"must be 1 to {MaxVersionParts}, or 0 for the whole version");

    private static FieldChoice Read(string place, Wire.FieldFilter filter, IReadOnlyList<ReportSchema> schemas)
    {
        if (filter.Values.Count == 0)
        {
            throw RpcErrors.InvalidField(place + ".values", "must have at least one value; an empty one is for what was not reported");
        }

        Paging.CheckCount(place + ".values", filter.Values.Count);
        if (filter.Field == JudgedFields.App || JudgedFields.ValuesOf(filter.Field) is not null)
        {
            CheckJudged(place, filter, schemas);
            return new FieldChoice(filter.Field, filter.Values.ToHashSet(StringComparer.Ordinal), filter.Exclude, VersionParts(place + ".version_parts", filter.VersionParts, isVersion: false));
        }

        var fields = schemas.SelectMany(schema => schema.Fields)
            .Where(field => field.Path == filter.Field && field.IsStored && field.Kind.Storage != KindStorage.Counts)
            .ToList();
        if (fields.Count == 0)
        {
            throw RpcErrors.InvalidField(
                place + ".field",
                "must be the path of a field that an asked app reports, e.g. environment.country, and not of counts by label; ListQueryFields lists them");
        }

        var parts = VersionParts(place + ".version_parts", filter.VersionParts, fields.Exists(field => field.IsVersion()));
        if (filter.Values.Any(value => !fields.Exists(field => IsValue(field, value))))
        {
            throw RpcErrors.InvalidField(place + ".values", FieldValue.RuleOf(fields[0]));
        }

        return new FieldChoice(filter.Field, filter.Values.Select(value => Normal(value, fields)).ToHashSet(StringComparer.Ordinal), filter.Exclude, parts);
    }

    private static void CheckJudged(string place, Wire.FieldFilter filter, IReadOnlyList<ReportSchema> schemas)
    {
        IEnumerable<string> names = filter.Field == JudgedFields.App ? schemas.Select(schema => schema.App) : JudgedFields.ValuesOf(filter.Field)!.Names;
        if (filter.Values.FirstOrDefault(value => value.Length > 0 && !names.Contains(value)) is not null)
        {
            throw RpcErrors.InvalidField(place + ".values", "must be among " + string.Join(", ", names));
        }
    }

    private static bool IsValue(SchemaField field, string value) =>
        field.Kind.Storage == KindStorage.Text ? value.Length <= TextKind.MaxLength : FieldValue.TryRead(field, value, out _);

    /// <summary>The value as reports have it: "TRUE" is "true", and 07 is 7.</summary>
    private static string Normal(string value, List<SchemaField> fields)
    {
        var field = fields.First(field => IsValue(field, value));
        return field.Kind.Storage == KindStorage.Text || !FieldValue.TryRead(field, value, out var cell) ? value
            : Cell.IsValue(cell) ? field.TextOf(cell)
            : "";
    }
}
