using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Telemetry.Schema;
using Telemetry.Server.Access;
using Telemetry.Server.Audit;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Insights.Questions;
using Telemetry.Server.Privacy;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Insights;

/// <summary>The gRPC edge of the questions about the fleet.</summary>
internal sealed partial class InsightsGrpcService(
    AppRegistry apps, ITelemetryStore store, FleetPosition fleet, QuestionEngine engine, OverviewEngine overview, ReleaseEngine releases,
    CohortEngine cohorts, TimelineEngine timelines, QualityEngine quality, AttentionMapper attention, RefusedRules refused,
    QuestionQueryReader questions, WatchedQuestions<Wire.QueryResponse> watches, IOptions<InsightsOptions> options,
    TimeProvider time, GrantedStreams streams, IExport export, AuditLedger ledger, Pseudonyms pseudonyms)
    : Wire.InsightsService.InsightsServiceBase
{
    private static readonly TimeSpan FullRetry = TimeSpan.FromSeconds(30);

    private int _watchers;

    public override async Task<Wire.QueryResponse> Query(Wire.QueryRequest request, ServerCallContext context)
    {
        var question = questions.Read(request);
        await fleet.UpToNowAsync(context.CancellationToken).ConfigureAwait(false);
        return Ask(question);
    }

    public override async Task WatchQuery(
        Wire.WatchQueryRequest request, IServerStreamWriter<Wire.WatchQueryResponse> responseStream, ServerCallContext context)
    {
        var question = questions.Read(request.Query ?? new Wire.QueryRequest(), "query.");
        var heartbeat = Heartbeats.Read("heartbeat_interval", request.HeartbeatInterval);
        if (Interlocked.Increment(ref _watchers) > options.Value.MaxWatchers)
        {
            Interlocked.Decrement(ref _watchers);
            throw RpcErrors.Overloaded("As many watchers as allowed follow questions. Try again later.", FullRetry).ToRpcException();
        }

        var key = KeyOf(request, question);
        var watched = watches.Join(key, () => Ask(question), answer => (long)answer.Position.Number);
        try
        {
            await streams.RunAsync(context, async ended =>
            {
                await fleet.UpToNowAsync(ended).ConfigureAwait(false);
                await new QueryWatchMapper(watched, time, heartbeat).RunAsync(Ask(question), responseStream, ended).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        finally
        {
            watches.Leave(key);
            Interlocked.Decrement(ref _watchers);
        }
    }

    /// <summary>The same for the same question about the same apps.</summary>
    private static string KeyOf(Wire.WatchQueryRequest request, Question question) =>
        string.Join(',', question.Apps?.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>()) + " " + request.Query?.ToByteString().ToBase64();

    public override Task<Wire.ListQueryFieldsResponse> ListQueryFields(Wire.ListQueryFieldsRequest request, ServerCallContext context) =>
        Task.FromResult(QueryFieldMapper.ToWire(FieldFilterQueryReader.SchemasOf(apps, questions.Slugs("apps", request.Apps))));

    private Wire.QueryResponse Ask(Question question) => AnswerMapper.ToWire(Bounded(() => engine.Ask(question)));

    /// <exception cref="RpcException">The answer would be too large.</exception>
    public static Answer Bounded(Func<Answer> ask, string prefix = "")
    {
        try
        {
            return ask();
        }
        catch (QuestionTooLargeException e)
        {
            throw RpcErrors.InvalidField(
                prefix + "group_by", e.Groups == long.MaxValue
                    ? "makes more groups than an answer holds; group by one of them, or by fewer numbers of a version"
                    : $"makes up to {e.Groups} groups at {e.PointCount} points, and an answer holds {QuestionEngine.MaxFigures} figures; ask for fewer days, by week or month, or by fewer numbers of a version");
        }
    }
}
