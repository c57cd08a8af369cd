using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Telemetry.Server.Audit;
using Telemetry.Server.Backups;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Admin;

/// <summary>What is stored of an installation of one app: handed out and erased, whoever asked for it and may.</summary>
internal sealed class CollectedData(
    ITelemetryStore store, StoredMessages messages, Pseudonyms pseudonyms, ErasureReceipts receipts, AuditLedger ledger, BackupKeeper backups, TimeProvider time)
{
    private const int ReportsPerRead = 100;

    private static readonly TimeSpan StoreRetry = TimeSpan.FromMinutes(1);

    /// <summary>Sends a state, then the reports that made it, the newest first. What is reported meanwhile is not among them.</summary>
    public async Task SendAsync(
        InstanceState state, AuditCall audit, Func<Wire.Instance, Task> sendInstance, Func<Wire.StoredReport, Task> sendReport, CancellationToken ended)
    {
        await sendInstance(StoredMessages.ToWire(state)).ConfigureAwait(false);
        for (var before = state.LatestNumber + 1; ;)
        {
            var page = await store.ReadHistoryAsync(state.Instance, state.Schema.App, before, ReportsPerRead, ended).ConfigureAwait(false);
            foreach (var stored in page)
            {
                await sendReport(messages.ToWire(stored)).ConfigureAwait(false);
            }

            ledger.HandsOut(audit, page.Count);
            if (page.Count < ReportsPerRead)
            {
                break;
            }

            before = page[^1].Position.Number;
        }
    }

    /// <summary>Erases, and finishes what was cut short, also where nothing is known of it any more.</summary>
    /// <param name="instance">The installation.</param>
    /// <param name="app">The app's slug.</param>
    /// <param name="audit">The call.</param>
    /// <param name="owner">For whom alone; null for anybody.</param>
    /// <exception cref="RpcException">It cannot be stored.</exception>
    public async Task EraseAsync(InstanceId instance, string app, AuditCall audit, ulong? owner = null)
    {
        try
        {
            var audited = pseudonyms.OfAudited(instance);
            await store.EraseAsync(
                instance, app, pseudonyms.Tombstone(instance, app), _ => audit.On(AuditSubjectKind.Instance, audited).Done(),
                CancellationToken.None, new ErasedOwner(pseudonyms.OfErasedOwner, owner)).ConfigureAwait(false);
            await backups.NoteErasuresAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            throw NotStored();
        }
    }

    /// <summary>Notes that an installation's seats are given up for good, also where it has none now: an older backup may have some.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be stored.</exception>
    public async Task NoteSeatsAsync(LicensedInstanceId instance)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        await store.ChangeLicensesAsync(new() { Erased = new(now, pseudonyms.Tombstone(instance)) }, CancellationToken.None).ConfigureAwait(false);
        await backups.NoteErasuresAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>What was erased of an installation and app, the oldest first.</summary>
    public IEnumerable<Erasure> ErasedOf(InstanceId instance, string app)
    {
        var tombstone = pseudonyms.Tombstone(instance, app);
        return store.Erasures.Where(erasure => erasure.Tombstone == tombstone);
    }

    /// <param name="erasure">What was erased.</param>
    /// <param name="instance">The installation, as whoever asked for it named it: a pseudonym or a hash.</param>
    public Wire.ErasedApp ToWire(Erasure erasure, string instance) => new()
    {
        App = erasure.App,
        Reports = (ulong)erasure.Reports,
        ErasedAt = Timestamp.FromDateTimeOffset(erasure.Time),
        Receipt = receipts.Of(erasure, instance),
    };

    public static RpcException NotStored() => RpcErrors.StoreUnavailable(
        "The erasure cannot be stored right now; a part of it may be done. Try again in a minute: it goes on from there.", StoreRetry).ToRpcException();
}
