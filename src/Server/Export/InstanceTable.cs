using Telemetry.Schema;
using Telemetry.Server.Insights.Questions;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Export;

/// <summary>Installations as their latest report shows them, page by page.</summary>
/// <remarks>Counts by label are not part of the state.</remarks>
internal sealed class InstanceTable(InstanceList list, ITelemetryStore store)
{
    /// <summary>Each page passes over all installations before it.</summary>
    private const int PageSize = 5_000;

    private static readonly ExportColumn[] Head =
    [
        new("instance_id", ExportType.Text), new(JudgedFields.App, ExportType.Text), new("first_seen", ExportType.Moment),
        new("last_seen", ExportType.Moment), new("report_count", ExportType.Whole), new("latest_report_number", ExportType.Whole),
        new(JudgedFields.Verdict, ExportType.Text), new(JudgedFields.ClaimReason, ExportType.Text),
        new(JudgedFields.CountrySource, ExportType.Text),
    ];

    /// <param name="schemas">Those of the apps whose installations are wanted.</param>
    /// <param name="which">Which installations.</param>
    public ExportTable Read(IEnumerable<ReportSchema> schemas, InstanceQuestion which)
    {
        var fields = new FieldColumns(schemas, Head.Length, withCounts: false);
        return new ExportTable([.. Head, .. fields.Columns], Pages(fields, which).ToAsyncEnumerable());
    }

    private IEnumerable<IEnumerable<ExportCell[]>> Pages(FieldColumns fields, InstanceQuestion which)
    {
        for (var place = InstancePlace.Start; ;)
        {
            var page = list.Page(which, place, PageSize);
            yield return page.Instances.Select(item => store.FindInstance(item.Instance, item.App)).OfType<InstanceState>()
                .Select(state => RowOf(state, fields));
            if (page.End is not { } end)
            {
                yield break;
            }

            place = end;
        }
    }

    private static ExportCell[] RowOf(InstanceState state, FieldColumns fields)
    {
        var row = new ExportCell[Head.Length + fields.Columns.Count];
        row[0] = ExportCell.Of(state.Instance.ToString());
        row[1] = ExportCell.Of(state.Schema.App);
        row[2] = ExportCell.Of(state.FirstSeen.ToUnixTimeMilliseconds());
        row[3] = ExportCell.Of(state.LastSeen.ToUnixTimeMilliseconds());
        row[4] = ExportCell.Of(state.ReportCount);
        row[5] = ExportCell.Of(state.LatestNumber);
        JudgedCells.Fill(row.AsSpan(6, JudgedCells.Count), state.Claim, state.CountrySource);
        fields.Fill(row, state.Schema, state.Values, counts: null);
        return row;
    }
}
