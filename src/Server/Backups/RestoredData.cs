using System.Globalization;
using Telemetry.DataFiles;
using Telemetry.Server.Audit;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Backups;

/// <summary>At the first start after a restore: erases again what was erased since the backup was made, before anything is served.</summary>
/// <remarks>
/// An erasure is known by its tombstone, and means the life of the installation that began before it. A crash in between leaves
/// the note, and the next start begins anew.
/// </remarks>
internal sealed partial class RestoredData(
    ITelemetryStore store, LicenseClerk clerk, Pseudonyms pseudonyms, BackupSources sources, TimeProvider time, ILogger<RestoredData> logger) : IHostedService
{
    private const string Part = "restore";

    /// <exception cref="StoreOpenException">The note is damaged.</exception>
    /// <exception cref="StoreUnavailableException">It cannot be erased now, and so nothing may be served.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Read() is not { } note)
        {
            return;
        }

        await store.AppendAuditAsync(
            [AuditCall.OfServer("Backup.Restore", Part, time).On(AuditSubjectKind.Backup, note.Backup).Done()], cancellationToken).ConfigureAwait(false);
        var erased = await EraseAgainAsync(note, cancellationToken).ConfigureAwait(false);
        File.Delete(PathOfNote);
        DurableFile.SyncDirectoryOf(PathOfNote);
        Log.Restored(logger, note.Backup, store.Current.Number, erased);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string PathOfNote => Path.Combine(sources.Data, RestoredNote.FileName);

    private RestoredNote? Read()
    {
        try
        {
            return RestoredNote.Read(sources.Data);
        }
        catch (InvalidDataException e)
        {
            throw new StoreOpenException(e.Message + " It says what must be erased again: restore the backup once more.", e);
        }
    }

    private async Task<int> EraseAgainAsync(RestoredNote note, CancellationToken cancellation)
    {
        var latest = note.Erasures.GroupBy(erasure => UInt128.Parse(erasure.Tombstone, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .ToDictionary(same => same.Key, same => same.Max(erasure => erasure.Time));
        if (latest.Count == 0)
        {
            return 0;
        }

        var erased = store.ReadInstances()
            .Select(state => (state.Instance, state.Schema.App, state.FirstSeen, Tombstone: pseudonyms.Tombstone(state.Instance, state.Schema.App)))
            .Where(state => latest.TryGetValue(state.Tombstone, out var at) && state.FirstSeen <= at)
            .Select(state => (state.Instance, state.App, state.Tombstone)).ToList();
        await store.EraseAllAsync(
            erased, instance => AuditCall.OfServer("Backup.EraseAgain", Part, time).On(AuditSubjectKind.Instance, pseudonyms.OfAudited(instance)).Done(), cancellation)
            .ConfigureAwait(false);
        // A seat is dated by the day.
        foreach (var lease in store.ReadLeases().Where(lease => latest.TryGetValue(pseudonyms.Tombstone(lease.Instance), out var at)
            && lease.BoundOn <= DateOnly.FromDateTime(at.UtcDateTime)))
        {
            await clerk.ReleaseAsync(
                lease.License, lease.Instance, cancellation, AuditCall.OfServer("Backup.EraseAgain", Part, time).On(AuditSubjectKind.Instance, pseudonyms.OfAudited(lease.Instance)))
                .ConfigureAwait(false);
        }

        return erased.Count;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2205, Level = LogLevel.Warning,
            Message = "This is the backup {Backup}, at report {Number}; {Erased} installations that were erased since were erased again. What came after it "
                + "is gone. Readers of the feed that had seen more are refused with POSITION_UNKNOWN; tokens, licenses and apps are those of the backup: look at them.")]
        public static partial void Restored(ILogger logger, string backup, long number, int erased);
    }
}
