using System.Runtime.CompilerServices;
using Telemetry.Schema;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Export;

/// <summary>Reports as they were accepted, in the order of the log, up to the newest one of the beginning.</summary>
/// <remarks>Pages are read from the log and let go; nobody waits for a slow reader.</remarks>
internal sealed class ReportTable(ITelemetryStore store, AppRegistry apps)
{
    private const int PageSize = 500;

    private static readonly ExportColumn[] Head =
    [
        new("number", ExportType.Whole), new("accepted_at", ExportType.Moment), new("instance_id", ExportType.Text),
        new("report_id", ExportType.Text), new("kinds", ExportType.Json), new(JudgedFields.App, ExportType.Text),
        new(JudgedFields.Verdict, ExportType.Text), new(JudgedFields.ClaimReason, ExportType.Text),
        new(JudgedFields.CountrySource, ExportType.Text),
    ];

    /// <param name="schemas">Those of the apps whose reports are wanted.</param>
    /// <param name="slugs">Of these apps; null for all.</param>
    /// <param name="time">Accepted in this time; null for all that are kept.</param>
    public ExportTable Read(IEnumerable<ReportSchema> schemas, IReadOnlySet<string>? slugs, MomentRange? time)
    {
        var fields = new FieldColumns(schemas, Head.Length, withCounts: true);
        return new ExportTable([.. Head, .. fields.Columns], PagesAsync(fields, slugs, time));
    }

    private async IAsyncEnumerable<IEnumerable<ExportCell[]>> PagesAsync(
        FieldColumns fields, IReadOnlySet<string>? slugs, MomentRange? time, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var last = store.Current.Number;
        var first = time is { From: > long.MinValue } ? await store.FirstAtAsync(time.Value.From, cancellation).ConfigureAwait(false) : 1;
        for (var next = Math.Max(first, store.OldestNumber); next > 0 && next <= last;)
        {
            // What was lost to damage or erased, or is kept no longer, is no reason to stop.
            if (store.AbsentThrough(next) is { } lost)
            {
                next = lost + 1;
                continue;
            }

            var page = await store.ReadAfterAsync(next - 1, PageSize, cancellation).ConfigureAwait(false);
            if (page.Count == 0)
            {
                next = next < store.OldestNumber ? store.OldestNumber : store.AbsentThrough(next) is { } erased ? erased + 1 : last + 1;
                continue;
            }

            next = page[^1].Position.Number + 1;
            // The clock may have been set back, so that a later one can lie within the time again.
            yield return page
                .Where(stored => stored.Position.Number <= last && slugs?.Contains(stored.App) != false && time?.Contains(stored.AcceptedAtMs) != false)
                .Select(stored => RowOf(stored, fields));
        }
    }

    private ExportCell[] RowOf(StoredReport stored, FieldColumns fields)
    {
        var row = new ExportCell[Head.Length + fields.Columns.Count];
        row[0] = ExportCell.Of(stored.Position.Number);
        row[1] = ExportCell.Of(stored.AcceptedAtMs);
        row[2] = ExportCell.Of(stored.Instance.ToString());
        row[3] = ExportCell.Of(stored.ReportId.ToString("D"));
        row[4] = ExportCell.Of(KindNames.JsonOf(stored.Kinds));
        row[5] = ExportCell.Of(stored.App);
        JudgedCells.Fill(row.AsSpan(6, JudgedCells.Count), stored.Claim, stored.CountrySource);
        var schema = apps.OfStored(stored.App);
        var values = WireReportReader.Read(stored.Body, schema);
        fields.Fill(row, schema, values, ReportScratch.OfThread);
        return row;
    }
}
