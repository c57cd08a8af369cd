using System.Diagnostics;
using System.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Rpc;
using Telemetry.Schema;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.State;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Admin;

/// <summary>The gRPC edge of the admin reads.</summary>
internal sealed class AdminGrpcService(
    ITelemetryStore store, StoredMessages messages, AppRegistry apps, Pseudonyms pseudonyms, TimeProvider time)
    : Wire.AdminService.AdminServiceBase
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1_000;
    private const int DefaultHistory = 30;
    private const int MaxHistory = 500;
    public const int MaxUrlLength = 2_048;

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
        return stored is null
            ? throw RpcErrors.NotFound($"There is no report {request.Number}, or it is no longer kept.")
            : new Wire.GetReportResponse { Report = messages.ToWire(stored) };
    }

    public override Task<Wire.ListInstancesResponse> ListInstances(
        Wire.ListInstancesRequest request, ServerCallContext context)
    {
        var size = Paging.Size("page_size", request.PageSize, DefaultPage, MaxPage);
        var first = PlaceOf(request.PageToken);
        var app = Paging.App(apps, request.App);

        // One more than asked for tells whether there is a next page, and where it begins.
        var instances = store.ListInstances(first, size + 1, app, WireEnums.Read<Wire.ClaimVerdict, ClaimVerdict>("verdict", request.Verdict));
        var response = new Wire.ListInstancesResponse
        {
            Instances = { instances.Take(size).Select(StoredMessages.ToWire) },
            Total = (ulong)store.InstanceCount,
        };
        if (instances.Count > size)
        {
            response.NextPageToken = $"{instances[size].Schema.App}:{Paging.Token(instances[size].Ordinal)}";
        }

        return Task.FromResult(response);
    }

    public override async Task<Wire.GetInstanceResponse> GetInstance(
        Wire.GetInstanceRequest request, ServerCallContext context)
    {
        var id = InstanceOf(request);
        var size = Paging.Size("history_page_size", request.HistoryPageSize, DefaultHistory, MaxHistory);
        var before = Paging.Token("history_page_token", request.HistoryPageToken, long.MaxValue, long.MaxValue);
        var state = StateOf(id, Paging.App(apps, request.App));
        var app = state.Schema.App;
        var history = await store.ReadHistoryAsync(id, app, before, size, context.CancellationToken).ConfigureAwait(false);
        var response = new Wire.GetInstanceResponse
        {
            Instance = StoredMessages.ToWire(state),
            History = { history.Select(messages.ToWire) },
        };
        if (history.Count == size && history[^1].PreviousNumber >= Math.Max(store.OldestNumber, 1))
        {
            response.NextHistoryPageToken = Paging.Token(history[^1].Position.Number);
        }

        return response;
    }

    public override Task<Wire.GetServerInfoResponse> GetServerInfo(
        Wire.GetServerInfoRequest request, ServerCallContext context) => Task.FromResult(new Wire.GetServerInfoResponse
        {
            Version = SoftwareVersion,
            Store = store.Description.Kind,
            StoreSchemaVersion = (uint)store.Description.SchemaVersion,
            Current = StoredMessages.ToWire(store.Current),
            OldestNumber = (ulong)store.OldestNumber,
            Instances = (ulong)store.InstanceCount,
            StoreBytes = (ulong)store.SizeInBytes,
            StartedAt = Timestamp.FromDateTimeOffset(StartedAt),
            // A clock that was put back makes it zero, not less.
            Uptime = Duration.FromTimeSpan(time.GetUtcNow() is var now && now > StartedAt ? now - StartedAt : TimeSpan.Zero),
        });

    private InstanceState StateOf(InstanceId id, string? app)
    {
        var states = store.FindInstances(id);
        if (app is null && states.Count > 1)
        {
            throw RpcErrors.InvalidField(
                "app", "is required: the installation has " + string.Join(", ", states.Select(state => state.Schema.App)));
        }

        return states.FirstOrDefault(state => app is null || state.Schema.App == app)
            ?? throw RpcErrors.NotFound("This installation never reported this app here.");
    }

    /// <summary>An app's slug and an ordinal among its installations.</summary>
    private static InstancePlace PlaceOf(string token)
    {
        if (token.Length == 0)
        {
            return InstancePlace.First;
        }

        var colon = token.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? new InstancePlace(token[..colon], (int)Paging.Token("page_token", token[(colon + 1)..], 0, int.MaxValue))
            : throw RpcErrors.InvalidField("page_token", Paging.TokenRule);
    }

    private InstanceId InstanceOf(Wire.GetInstanceRequest request)
    {
        switch (request.InstanceCase)
        {
            case Wire.GetInstanceRequest.InstanceOneofCase.InstanceId:
                return InstanceId.TryParse(request.InstanceId, out var id)
                    ? id
                    : throw RpcErrors.InvalidField("instance_id", "must be 32 hexadecimal digits, as ListInstances shows them");
            case Wire.GetInstanceRequest.InstanceOneofCase.InstanceHash:
                return InstanceHashFormat.BrokenRule(request.InstanceHash) is { } rule
                    ? throw RpcErrors.InvalidField("instance_hash", rule)
                    : pseudonyms.Of(request.InstanceHash);
            case Wire.GetInstanceRequest.InstanceOneofCase.InstanceUrl:
                return request.InstanceUrl.Length is > 0 and <= MaxUrlLength
                    ? pseudonyms.OfUrl(request.InstanceUrl)
                    : throw RpcErrors.InvalidField("instance_url", "must be the installation's URL, at most 2048 characters");
            default:
                throw RpcErrors.InvalidField("instance", "is required: set instance_id, instance_hash or instance_url");
        }
    }
}
