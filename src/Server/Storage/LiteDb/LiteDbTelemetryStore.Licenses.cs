using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class LiteDbTelemetryStore
{
    public IReadOnlyList<License> ReadLicenses() => Reading(database =>
        database.ReadLicenses().OrderBy(license => license.Sequence).ToList());

    public IReadOnlyList<LicenseLease> ReadLeases() => Reading(database => database.ReadLeases().ToList());

    public async ValueTask ChangeLicensesAsync(LicenseChanges changes, CancellationToken cancellation)
    {
        // Of two that take the same seat at a time, the second finds it as it wants it.
        if (changes.IsEmpty)
        {
            return;
        }

        await ChangeAsync(() =>
        {
            CommitWithAudit(changes.Audit, database => database.ChangeLicenses(changes));
            CheckpointWhenDue();
            return true;
        }).ConfigureAwait(false);
    }
}
