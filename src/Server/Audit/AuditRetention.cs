using Microsoft.Extensions.Options;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Audit;

/// <summary>Removes entries of the audit log whose time is over, a bounded number at a time, and records that.</summary>
internal sealed class AuditRetention(ITelemetryStore store, IOptions<AuditOptions> options, TimeProvider time)
{
    /// <summary>Few enough that a commit between two steps does not wait for long.</summary>
    private const int MostAtATime = 256;

    /// <summary>Removes all that is too old at a moment.</summary>
    /// <exception cref="StoreUnavailableException">Some of it is left.</exception>
    /// <exception cref="StoreDamagedException">An entry is not what was written.</exception>
    public async Task ForgetAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var until = now - TimeSpan.FromDays(options.Value.KeepDays);
        IReadOnlyList<AuditEntry> entries;
        do
        {
            // The newest one stays: it tells where the numbers go on.
            entries = await store.ReadAuditAsync(
                store.OldestAuditNumber, store.AuditHead.Number - 1, newestFirst: false, MostAtATime, cancellation).ConfigureAwait(false);
            if (entries.TakeWhile(entry => AuditMapper.TimeOf(entry) < until).LastOrDefault() is not { } last)
            {
                return;
            }

            var record = AuditCall.OfServer("Audit.Forget", "retention", time).Record(0) with { Forgotten = AuditHead.Of(last) };
            await store.ForgetAuditAsync(last.Number, AuditMapper.Draft(record), cancellation).ConfigureAwait(false);
        }
        while (entries.Count == MostAtATime);
    }
}
