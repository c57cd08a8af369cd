using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class LiteDbTelemetryStore
{
    private IReadOnlyList<ErasedSeats> _erasedSeats = [];

    public IReadOnlyList<ErasedSeats> ErasedSeats => Volatile.Read(ref _erasedSeats);

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
            CommitWithAudit(changes.Audit, database => database.ChangeLicenses(changes, ErasedSeats.Count));
            if (changes.Erased is { } erased)
            {
                Volatile.Write(ref _erasedSeats, [.. ErasedSeats, erased]);
            }

            CheckpointWhenDue();
            return true;
        }).ConfigureAwait(false);
    }
}
