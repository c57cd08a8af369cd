using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Schema;
using Telemetry.Server.Access;
using Telemetry.Server.Audit;
using Telemetry.Server.Backups;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Admin;

/// <summary>The gRPC edge of what is stored of one installation, as a whole.</summary>
internal sealed class PrivacyGrpcService(
    ITelemetryStore store, StoredMessages messages, AppRegistry apps, Pseudonyms pseudonyms, LicenseBook licenses, LicenseClerk clerk,
    ErasureReceipts receipts, GrantedStreams streams, AuditLedger ledger, BackupKeeper backups)
    : Wire.PrivacyService.PrivacyServiceBase
{
    private const int ReportsPerRead = 100;

    private static readonly TimeSpan StoreRetry = TimeSpan.FromMinutes(1);

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
                await responseStream.WriteAsync(new() { Instance = StoredMessages.ToWire(state) }, ended).ConfigureAwait(false);
                for (var before = long.MaxValue; ;)
                {
                    var page = await store.ReadHistoryAsync(state.Instance, state.Schema.App, before, ReportsPerRead, ended).ConfigureAwait(false);
                    foreach (var stored in page)
                    {
                        await responseStream.WriteAsync(new() { Report = messages.ToWire(stored) }, ended).ConfigureAwait(false);
                    }

                    ledger.HandsOut(audit, page.Count);
                    if (page.Count < ReportsPerRead)
                    {
                        break;
                    }

                    before = page[^1].Position.Number;
                }
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
        var (audit, audited) = (context.Audit(), pseudonyms.OfAudited(named.Id));
        var seats = SeatsOf(named, request.App, grant);
        try
        {
            foreach (var app in apps.All.Select(schema => schema.App).Where(app => (only is null || app == only) && grant.Covers(app)))
            {
                // Also where nothing is known of it: one that was cut short is finished.
                await store.EraseAsync(named.Id, app, pseudonyms.Tombstone(named.Id, app), _ => audit.On(AuditSubjectKind.Instance, audited).Done(), CancellationToken.None).ConfigureAwait(false);
            }

            foreach (var (license, lease, _) in seats)
            {
                await clerk.ReleaseAsync(license, lease.Instance, CancellationToken.None, audit).ConfigureAwait(false);
            }
        }
        catch (StoreUnavailableException)
        {
            throw RpcErrors.StoreUnavailable(
                "The erasure cannot be stored right now; a part of it may be done. Try again in a minute: it goes on from there.", StoreRetry).ToRpcException();
        }

        await backups.NoteErasuresAsync(CancellationToken.None).ConfigureAwait(false);
        var erased = ErasedOf(named, only, grant);
        if (erased.Count + seats.Count == 0)
        {
            throw NothingStored();
        }

        audit.On(AuditSubjectKind.Instance, audited);
        return new Wire.EraseInstanceResponse
        {
            Apps =
            {
                erased.Select(erasure => new Wire.ErasedApp
                {
                    App = erasure.App,
                    Reports = (ulong)erasure.Reports,
                    ErasedAt = Timestamp.FromDateTimeOffset(erasure.Time),
                    Receipt = receipts.Of(erasure, named.Name),
                }),
            },
            Seats = (uint)seats.Count,
        };
    }

    private List<InstanceState> StatesOf(NamedInstance named, string? only, Grant grant) =>
        [.. store.FindInstances(named.Id).Where(state => (only is null || state.Schema.App == only) && grant.Covers(state.Schema.App))];

    private List<Erasure> ErasedOf(NamedInstance named, string? only, Grant grant)
    {
        var tombstones = apps.All.Select(schema => schema.App).Where(app => (only is null || app == only) && grant.Covers(app))
            .Select(app => pseudonyms.Tombstone(named.Id, app)).ToHashSet();
        return [.. store.Erasures.Where(erasure => tombstones.Contains(erasure.Tombstone))];
    }

    /// <summary>Seats are of licenses, which can be for several apps: they are handled for all of them, by whoever may see all.</summary>
    private List<(LicenseId License, LicenseLease Lease, DateTimeOffset End)> SeatsOf(NamedInstance named, string app, Grant grant) =>
        named.Licensed is not { } instance || app.Length > 0 || grant.IsLimited ? []
            : [.. licenses.Of(instance).SelectMany(entry => clerk.SeatsOf(entry, live: false)
                .Where(seat => seat.Lease.Instance == instance).Select(seat => (entry.License.Id, seat.Lease, seat.End)))];

    private static RpcException NothingStored() => RpcErrors.NotFound(
        "Nothing is stored of this installation. By a URL only the very one that it reports is found, with its path.");
}
