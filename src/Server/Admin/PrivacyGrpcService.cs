using Grpc.Core;
using Telemetry.Schema;
using Telemetry.Server.Access;
using Telemetry.Server.Audit;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Admin;

/// <summary>The gRPC edge of what is stored of one installation, as a whole.</summary>
internal sealed class PrivacyGrpcService(
    ITelemetryStore store, CollectedData data, AppRegistry apps, Pseudonyms pseudonyms, LicenseBook licenses, LicenseClerk clerk, GrantedStreams streams)
    : Wire.PrivacyService.PrivacyServiceBase
{
    public override Task ExportInstance(
        Wire.ExportInstanceRequest request, IServerStreamWriter<Wire.ExportInstanceResponse> responseStream, ServerCallContext context)
    {
        var named = NamedInstance.Read(pseudonyms, request.InstanceId, request.InstanceHash, request.InstanceUrl);
        var states = StatesOf(named, Paging.App(apps, request.App), context.Grant());
        var seats = SeatsOf(named, request.App, context.Grant());
        if (states.Count == 0 && seats.Count == 0)
        {
            throw NothingStored();
        }

        var audit = context.Audit().On(AuditSubjectKind.Instance, pseudonyms.OfAudited(named.Id));
        return streams.RunAsync(context, async ended =>
        {
            foreach (var state in states)
            {
                await data.SendAsync(
                    state, audit, instance => responseStream.WriteAsync(new() { Instance = instance }, ended),
                    report => responseStream.WriteAsync(new() { Report = report }, ended), ended).ConfigureAwait(false);
            }

            foreach (var (license, lease, end) in seats)
            {
                await responseStream.WriteAsync(
                    new() { Seat = new() { LicenseId = license.ToString(), Instance = LicenseMapper.ToWire(lease, end) } }, ended).ConfigureAwait(false);
            }
        });
    }

    public override async Task<Wire.EraseInstanceResponse> EraseInstance(Wire.EraseInstanceRequest request, ServerCallContext context)
    {
        var named = NamedInstance.Read(pseudonyms, request.InstanceId, request.InstanceHash, request.InstanceUrl);
        var (only, grant) = (Paging.App(apps, request.App), context.Grant());
        var audit = context.Audit();
        var seats = SeatsOf(named, request.App, grant);
        foreach (var app in Covered(only, grant))
        {
            // Also where nothing is known of it: one that was cut short is finished.
            await data.EraseAsync(named.Id, app, audit).ConfigureAwait(false);
        }

        var erased = Covered(only, grant).SelectMany(app => data.ErasedOf(named.Id, app)).OrderBy(erasure => erasure.Sequence).ToList();
        if (erased.Count + seats.Count == 0)
        {
            throw NothingStored();
        }

        try
        {
            foreach (var (license, lease, _) in seats)
            {
                await clerk.ReleaseAsync(license, lease.Instance, CancellationToken.None, audit).ConfigureAwait(false);
            }

            if (SeatsMayBeErased(named, request.App, grant) is { } licensed)
            {
                await data.NoteSeatsAsync(licensed).ConfigureAwait(false);
            }
        }
        catch (StoreUnavailableException)
        {
            throw CollectedData.NotStored();
        }

        audit.On(AuditSubjectKind.Instance, pseudonyms.OfAudited(named.Id));
        return new Wire.EraseInstanceResponse
        {
            Apps = { erased.Select(erasure => data.ToWire(erasure, named.Name)) },
            Seats = (uint)seats.Count,
        };
    }

    private List<InstanceState> StatesOf(NamedInstance named, string? only, Grant grant) =>
        [.. store.FindInstances(named.Id).Where(state => (only is null || state.Schema.App == only) && grant.Covers(state.Schema.App))];

    private IEnumerable<string> Covered(string? only, Grant grant) =>
        apps.All.Select(schema => schema.App).Where(app => (only is null || app == only) && grant.Covers(app));

    private static LicensedInstanceId? SeatsMayBeErased(NamedInstance named, string app, Grant grant) =>
        app.Length > 0 || grant.IsLimited ? null : named.Licensed;

    /// <summary>Seats are of licenses, which can be for several apps: they are handled for all of them, by whoever may see all.</summary>
    private List<(LicenseId License, LicenseLease Lease, DateTimeOffset End)> SeatsOf(NamedInstance named, string app, Grant grant) =>
        SeatsMayBeErased(named, app, grant) is not { } instance ? []
            : [.. licenses.Of(instance).SelectMany(entry => clerk.SeatsOf(entry, live: false)
                .Where(seat => seat.Lease.Instance == instance).Select(seat => (entry.License.Id, seat.Lease, seat.End)))];

    private static RpcException NothingStored() => RpcErrors.NotFound(
        "Nothing is stored of this installation. By a URL only the very one that it reports is found, with its path.");
}
