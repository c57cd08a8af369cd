using Google.Api;
using Google.Protobuf;
using Grpc.Core;
using Telemetry.Schema;
using Telemetry.Server.Insights;
using Telemetry.Server.Insights.Questions;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Export;

/// <inheritdoc cref="IExport"/>
internal sealed class ExportMapper(
    ReportTable reports, InstanceTable instances, QuestionQueryReader questions, QuestionEngine engine, FleetPosition fleet,
    InstanceQueryReader queries, AppRegistry apps) : IExport
{
    private static readonly Dictionary<Wire.ExportFormat, string> ContentTypes = new()
    {
        [Wire.ExportFormat.Unspecified] = "text/csv; charset=utf-8",
        [Wire.ExportFormat.Csv] = "text/csv; charset=utf-8",
        [Wire.ExportFormat.JsonLines] = "application/jsonl",
        [Wire.ExportFormat.Parquet] = "application/vnd.apache.parquet",
    };

    public async Task WriteAsync(
        Wire.ExportRequest request, IServerStreamWriter<HttpBody> response, Action<long> handsOut, CancellationToken cancellation)
    {
        if (!ContentTypes.TryGetValue(request.Format, out var contentType))
        {
            throw RpcErrors.InvalidField("format", "must be a value that this server knows");
        }

        var table = await TableOfAsync(request, cancellation).ConfigureAwait(false);
        await using var stream = new ExportStream((piece, ended) => response.WriteAsync(
            new HttpBody { ContentType = contentType, Data = ByteString.CopyFrom(piece.Span) }, ended));
        ExportFile file = request.Format switch
        {
            Wire.ExportFormat.JsonLines => new JsonLinesFile(table.Columns, stream),
            Wire.ExportFormat.Parquet => await ParquetFile.BeginAsync(table.Columns, stream).ConfigureAwait(false),
            _ => new CsvFile(table.Columns, stream),
        };
        await foreach (var page in table.Rows.WithCancellation(cancellation).ConfigureAwait(false))
        {
            var rows = 0;
            foreach (var row in page)
            {
                rows++;
                await file.WriteAsync(row).ConfigureAwait(false);
                await stream.SendFullAsync(cancellation).ConfigureAwait(false);
            }

            handsOut(request.ContentCase == Wire.ExportRequest.ContentOneofCase.Query ? 0 : rows);
        }

        await file.EndAsync().ConfigureAwait(false);
        await stream.SendAsync(cancellation).ConfigureAwait(false);
    }

    private async Task<ExportTable> TableOfAsync(Wire.ExportRequest request, CancellationToken cancellation)
    {
        switch (request.ContentCase)
        {
            case Wire.ExportRequest.ContentOneofCase.Reports:
                var slugs = questions.Slugs("reports.apps", request.Reports.Apps);
                return reports.Read(
                    FieldFilterQueryReader.SchemasOf(apps, slugs), slugs, Paging.Range("reports.time", request.Reports.Time));
            case Wire.ExportRequest.ContentOneofCase.Instances:
                var which = queries.Read(request.Instances, "instances");
                await fleet.UpToNowAsync(cancellation).ConfigureAwait(false);
                return instances.Read(FieldFilterQueryReader.SchemasOf(apps, which.Apps), which);
            case Wire.ExportRequest.ContentOneofCase.Query:
                var question = questions.Read(request.Query, "query.");
                await fleet.UpToNowAsync(cancellation).ConfigureAwait(false);
                return AnswerTable.Of(question, AnswerOf(question));
            default:
                throw RpcErrors.InvalidField("content", "is required: reports, instances or query");
        }
    }

    private Answer AnswerOf(Question question) => InsightsGrpcService.Bounded(() => engine.Ask(question), "query.");
}
