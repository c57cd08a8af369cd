using Telemetry.Schema;
using Telemetry.Schema.Kinds;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Insights;

/// <summary>Tells what can be asked for, from the contracts alone.</summary>
internal static class QueryFieldMapper
{
    public static Wire.ListQueryFieldsResponse ToWire(IReadOnlyList<ReportSchema> schemas)
    {
        var response = new Wire.ListQueryFieldsResponse();
        string[] all = [.. schemas.Select(schema => schema.App)];
        response.Fields.Add(Judged(JudgedFields.App, "Tells which app reports.", all));
        response.Fields.Add(Judged(JudgedFields.Verdict, "What the server made of the claim to Enterprise.", all));
        response.Fields.Add(Judged(JudgedFields.ClaimReason, "Why a claim was refused or could not be checked.", all));
        response.Fields.Add(Judged(JudgedFields.CountrySource, "Whether the country was reported or derived from the timezone.", all));
        response.Fields.AddRange(schemas
            .SelectMany(schema => schema.Fields.Where(field => field.IsDimension() || field.IsMeasure()).Select(field => (schema.App, Field: field)))
            .GroupBy(item => item.Field.Path, StringComparer.Ordinal)
            .OrderBy(group => group.Key.StartsWith("usage.", StringComparison.Ordinal))
            .Select(group => new Wire.QueryField
            {
                Field = group.Key,
                Measure = group.First().Field.IsMeasure(),
                Version = group.First().Field.IsVersion(),
                Whole = group.First().Field.IsMeasure() && group.All(item => item.Field.Kind is not DecimalKind),
                Apps = { group.Select(item => item.App) },
                Purpose = group.First().Field.Policy.Purpose,
            }));
        return response;
    }

    private static Wire.QueryField Judged(string path, string purpose, string[] apps) => new() { Field = path, Purpose = purpose, Apps = { apps } };
}
