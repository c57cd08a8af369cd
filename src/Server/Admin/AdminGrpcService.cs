using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Server.Access;
using Telemetry.Server.Audit;
using Telemetry.Server.Insights;
using Telemetry.Server.Insights.Questions;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Rpc;
using Telemetry.Schema;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Admin;

/// <summary>The gRPC edge of the admin reads.</summary>
internal sealed class AdminGrpcService(
    ITelemetryStore store, StoredMessages messages, AppRegistry apps, InstanceQueryReader queries, InstanceList list,
    FleetPosition fleet, Pseudonyms pseudonyms, TimeProvider clock)
    : Wire.AdminService.AdminServiceBase
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1_000;
    private const int DefaultHistory = 30;
    private const int MaxHistory = 500;

    private static readonly string SoftwareVersion =
        typeof(AdminGrpcService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static readonly DateTimeOffset StartedAt = Process.GetCurrentProcess().StartTime.ToUniversalTime();

    public override async Task<Wire.GetReportResponse> GetReport(Wire.GetReportRequest request, ServerCallContext context)
    {
        if (request.Number == 0)
        {
            throw RpcErrors.InvalidField("number", "must be 1 or more");
        }

        var stored = request.Number <= long.MaxValue
            ? await store.FindReportAsync((long)request.Number, context.CancellationToken).ConfigureAwait(false)
            : null;
        // Not refused as another app's: whoever may not read it need not learn what it is.
        if (stored is null || !context.Grant().Covers(stored.App))
        {
            throw RpcErrors.NotFound($"There is no report {request.Number}, or it is no longer kept.");
        }

        context.Audit().On(AuditSubjectKind.Instance, pseudonyms.OfAudited(stored.Instance)).HandsOut(1);
        return new Wire.GetReportResponse { Report = messages.ToWire(stored) };
    }

    public override async Task<Wire.ListInstancesResponse> ListInstances(
        Wire.ListInstancesRequest request, ServerCallContext context)
    {
        var query = queries.Read(request);
        var question = new Wire.ListInstancesRequest { Filter = request.Filter, OrderBy = request.OrderBy };
        var after = PlaceOf(PageToken.Read("page_token", request.PageToken, question));
        await fleet.UpToNowAsync(context.CancellationToken).ConfigureAwait(false);
        var page = list.Page(query, after, Paging.Size(request.PageSize, DefaultPage, MaxPage));
        context.Audit().HandsOut(page.Instances.Count);
        return new Wire.ListInstancesResponse
        {
            Instances = { page.Instances.Select(item => store.FindInstance(item.Instance, item.App)).OfType<InstanceState>().Select(StoredMessages.ToWire) },
            NextPageToken = page.End is { } end
                ? PageToken.Of(question, string.Create(CultureInfo.InvariantCulture, $"{end.Ordinal} {end.App} {end.Order}"))
                : "",
            TotalSize = (ulong)page.Total,
            Position = StoredMessages.ToWire(page.Position),
        };
    }

    public override async Task<Wire.GetInstanceResponse> GetInstance(
        Wire.GetInstanceRequest request, ServerCallContext context)
    {
        var state = StateOf(NamedInstance.Read(pseudonyms, request.InstanceId, request.InstanceHash, request.InstanceUrl).Id, Paging.App(apps, request.App), context.Grant());
        var audit = context.Audit().On(AuditSubjectKind.Instance, pseudonyms.OfAudited(state.Instance));
        var time = Paging.Range("history_time", request.HistoryTime);
        var question = new Wire.GetInstanceRequest
        {
            InstanceId = state.Instance.ToString(),
            App = state.Schema.App,
            HistoryTime = request.HistoryTime,
        };
        var before = PageToken.Read("history_page_token", request.HistoryPageToken, question) is { } place
            ? long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw PageToken.Refused("history_page_token")
            : long.MaxValue;
        var size = Paging.Size(request.HistoryPageSize, DefaultHistory, MaxHistory);
        // One more than asked for tells whether there is a next page.
        var history = await HistoryAsync(state, before, time, size + 1, context.CancellationToken).ConfigureAwait(false);
        // Its state is that of its latest report.
        audit.HandsOut(Math.Min(history.Count, size) + 1);
        return new Wire.GetInstanceResponse
        {
            Instance = StoredMessages.ToWire(state),
            History = { history.Take(size).Select(messages.ToWire) },
            NextHistoryPageToken = history.Count > size
                ? PageToken.Of(question, history[size - 1].Position.Number.ToString(CultureInfo.InvariantCulture))
                : "",
        };
    }

    public override Task<Wire.GetServerInfoResponse> GetServerInfo(
        Wire.GetServerInfoRequest request, ServerCallContext context) => Task.FromResult(new Wire.GetServerInfoResponse
        {
            Version = SoftwareVersion,
            Store = store.Description.Kind,
            StoreSchemaVersion = (uint)store.Description.SchemaVersion,
            Current = StoredMessages.ToWire(store.Current),
            OldestNumber = store.OldestNumber is var oldest && oldest <= store.Current.Number ? (ulong)oldest : 0,
            Instances = (ulong)(context.Grant() is { IsLimited: true } grant ? CountOf(grant.Apps) : store.InstanceCount),
            StoreBytes = (ulong)store.SizeInBytes,
            StartedAt = Timestamp.FromDateTimeOffset(StartedAt),
            // A clock that was put back makes it zero, not less.
            Uptime = Duration.FromTimeSpan(clock.GetUtcNow() is var now && now > StartedAt ? now - StartedAt : TimeSpan.Zero),
        });

    private long CountOf(IEnumerable<string> slugs) =>
        list.Page(new InstanceQuestion { Apps = slugs.ToHashSet(StringComparer.Ordinal) }, InstancePlace.Start, 1).Total;

    private InstanceState StateOf(InstanceId id, string? app, Grant grant)
    {
        var states = store.FindInstances(id).Where(state => grant.Covers(state.Schema.App)).ToList();
        if (app is null && states.Count > 1)
        {
            throw RpcErrors.InvalidField(
                "app", "is required: the installation has " + string.Join(", ", states.Select(state => state.Schema.App)));
        }

        return states.FirstOrDefault(state => app is null || state.Schema.App == app)
            ?? throw RpcErrors.NotFound("This installation never reported this app here.");
    }

    /// <summary>The newest reports before a number that were accepted in a time.</summary>
    private async Task<List<StoredReport>> HistoryAsync(
        InstanceState state, long before, MomentRange? time, int maxCount, CancellationToken cancellation)
    {
        var history = new List<StoredReport>();
        IReadOnlyList<StoredReport> read;
        do
        {
            read = await store.ReadHistoryAsync(state.Instance, state.Schema.App, before, maxCount, cancellation).ConfigureAwait(false);
            history.AddRange(read.Where(report => time?.Contains(report.AcceptedAtMs) != false));
            before = read.Count > 0 ? read[^1].Position.Number : before;
        }
        while (history.Count < maxCount && read.Count == maxCount && !(time?.From > read[^1].AcceptedAtMs));

        return history.Count <= maxCount ? history : history[..maxCount];
    }

    private static InstancePlace PlaceOf(string? place)
    {
        if (place is null)
        {
            return InstancePlace.Start;
        }

        return place.Split(' ', 3) is [var ordinal, var app, var order]
            && int.TryParse(ordinal, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                ? new InstancePlace(order, app, at)
                : throw PageToken.Refused("page_token");
    }
}
