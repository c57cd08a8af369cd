using Telemetry.Server.Audit;
using Telemetry.Server.Model;

namespace Telemetry.Server.Backups;

/// <summary>Makes a backup when one is due, and notes erasures that could not be noted at once.</summary>
/// <remarks>What fails is tried again after ten minutes, and said once.</remarks>
internal sealed class BackupSchedule(BackupKeeper keeper, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>After a failure: each try may copy nearly everything.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromMinutes(10);

    /// <summary>As the audit log calls it.</summary>
    private const string Part = "backup";

    private long? _failedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!keeper.IsConfigured)
        {
            return;
        }

        using var timer = new PeriodicTimer(Interval, time);
        await Task.Yield();
        try
        {
            do
            {
                await keeper.NoteErasuresAsync(stoppingToken).ConfigureAwait(false);
                await MakeWhenDueAsync(stoppingToken).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start makes it.
        }
    }

    private async Task MakeWhenDueAsync(CancellationToken cancellation)
    {
        if (keeper.NextDue is not { } due || due > time.GetUtcNow() || (_failedAt is { } failedAt && time.GetElapsedTime(failedAt) < RetryPause))
        {
            return;
        }

        try
        {
            await keeper.CreateAsync(
                name => AuditCall.OfServer("Backup.Create", Part, time).On(AuditSubjectKind.Backup, name).Done(), new CopyProgress(), cancellation)
                .ConfigureAwait(false);
            _failedAt = null;
        }
        catch (BackupException)
        {
            // The keeper said so.
            _failedAt = time.GetTimestamp();
        }
    }
}
