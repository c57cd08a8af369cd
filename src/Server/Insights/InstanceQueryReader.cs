using Telemetry.Schema;
using Telemetry.Server.Insights.Questions;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Insights;

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
    public InstanceQuestion Read(Wire.ListInstancesRequest request)
    {
        var question = Read(request.Filter ?? new Wire.InstanceFilter());
        var fields = Fields(FieldFilterQueryReader.SchemasOf(apps, question.Apps));
        var (order, descending) = Paging.Order(request.OrderBy, fields);
        return question with
        {
            Order = order.Order,
            OrderField = order.Field,
            Descending = descending,
        };
    }

    /// <exception cref="Grpc.Core.RpcException">The filter breaks a rule.</exception>
    public InstanceQuestion Read(Wire.InstanceFilter filter, string place = "filter")
    {
        var slugs = Paging.Set(place + ".apps", filter.Apps, slug => apps.Find(slug)?.App, apps.Rule);
        var verdicts = Paging.Enums<Wire.ClaimVerdict, ClaimVerdict>(place + ".verdicts", filter.Verdicts);
        var fields = FieldFilterQueryReader.Read(place + ".fields", filter.Fields, FieldFilterQueryReader.SchemasOf(apps, slugs));
        if (verdicts is not null)
        {
            var names = JudgedFields.ValuesOf(JudgedFields.Verdict)!;
            fields.Add(new FieldChoice(
                JudgedFields.Verdict, verdicts.Select(verdict => names.NameOf((int)verdict)!).ToHashSet(StringComparer.Ordinal), Exclude: false, VersionParts: 0));
        }

        return new InstanceQuestion
        {
            Apps = slugs,
            Activity = QuestionQueryReader.ActivityOf(place + ".activity", filter.Activity),
            Window = QuestionQueryReader.Window(place + ".window_days", filter.WindowDays),
            FirstSeen = Paging.Range(place + ".first_seen", filter.FirstSeen),
            LastSeen = Paging.Range(place + ".last_seen", filter.LastSeen),
            Filters = fields,
        };
    }

    private static Dictionary<string, (InstanceOrder Order, string? Field)> Fields(IReadOnlyList<ReportSchema> schemas)
    {
        var orders = Orders.ToDictionary(order => order.Key, order => (order.Value, (string?)null), StringComparer.Ordinal);
        foreach (var path in schemas.SelectMany(schema => schema.Fields).Where(field => field.IsDimension() || field.IsMeasure()).Select(field => field.Path)
            .Concat(JudgedFields.All.Select(field => field.Path)).Distinct(StringComparer.Ordinal))
        {
            orders.TryAdd(path, (InstanceOrder.Field, path));
        }

        return orders;
    }
}
