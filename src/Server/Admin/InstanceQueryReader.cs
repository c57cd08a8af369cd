using Google.Protobuf.Collections;
using Telemetry.Schema;
using Telemetry.Schema.Kinds;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage.State;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Admin;

/// <summary>Reads and checks which installations are asked for. A value that could select nothing is refused, not ignored.</summary>
internal sealed class InstanceQueryReader(AppRegistry apps)
{
    private static readonly Dictionary<string, InstanceOrder> Orders = new(StringComparer.Ordinal)
    {
        ["first_seen"] = InstanceOrder.FirstSeen,
        ["last_seen"] = InstanceOrder.LastSeen,
        ["report_count"] = InstanceOrder.ReportCount,
    };

    /// <exception cref="Grpc.Core.RpcException">The request breaks a rule.</exception>
    public InstanceQuery Read(Wire.ListInstancesRequest request)
    {
        var filter = request.Filter ?? new Wire.InstanceFilter();
        var (order, descending) = Paging.Order(request.OrderBy, Orders);
        var slugs = Paging.Set("filter.apps", filter.Apps, slug => apps.Find(slug)?.App, apps.Rule);
        return new InstanceQuery
        {
            Apps = slugs,
            Verdicts = Paging.Enums<Wire.ClaimVerdict, ClaimVerdict>("filter.verdicts", filter.Verdicts),
            FirstSeen = Paging.Range("filter.first_seen", filter.FirstSeen),
            LastSeen = Paging.Range("filter.last_seen", filter.LastSeen),
            Fields = Conditions(filter.Fields, [.. apps.All.Where(schema => slugs?.Contains(schema.App) != false)]),
            Order = order,
            Descending = descending,
        };
    }

    private static List<FieldCondition> Conditions(RepeatedField<Wire.FieldFilter> filters, IReadOnlyList<ReportSchema> schemas)
    {
        Paging.CheckCount("filter.fields", filters.Count);
        var conditions = new List<FieldCondition>();
        for (var i = 0; i < filters.Count; i++)
        {
            var filter = filters[i];
            var place = FormattableString.Invariant($"filter.fields[{i}]");
            if (filter.Values.Count == 0)
            {
                throw RpcErrors.InvalidField(place + ".values", "must have at least one value; an empty one is for what was not reported");
            }

            Paging.CheckCount(place + ".values", filter.Values.Count);
            var fields = schemas.SelectMany(schema => schema.Fields)
                .Where(field => field.Path == filter.Field && field.IsStored && field.Kind.Storage != KindStorage.Counts)
                .ToList();
            if (fields.Count == 0)
            {
                throw RpcErrors.InvalidField(
                    place + ".field",
                    "must be the path of a field that an asked app reports, e.g. environment.country, and not of counts by label; GetApp lists them");
            }

            if (filter.Values.Any(value => !fields.Exists(field => IsValue(field, value))))
            {
                throw RpcErrors.InvalidField(place + ".values", FieldValue.RuleOf(fields[0]));
            }

            conditions.Add(new FieldCondition(filter.Field, [.. filter.Values], filter.Exclude));
        }

        return conditions;
    }

    private static bool IsValue(SchemaField field, string value) =>
        field.Kind.Storage == KindStorage.Text ? value.Length <= TextKind.MaxLength : FieldValue.TryRead(field, value, out _);
}
