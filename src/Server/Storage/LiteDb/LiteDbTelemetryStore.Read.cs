using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class LiteDbTelemetryStore
{
    public ValueTask<IReadOnlyList<StoredReport>> ReadAfterAsync(
        long number, int maxCount, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var current = Interlocked.Read(ref _current);
        var first = Math.Max(number + 1, OldestNumber);
        if (first > current)
        {
            return ValueTask.FromResult<IReadOnlyList<StoredReport>>([]);
        }

        var last = Math.Min(current, first + maxCount - 1);
        return ValueTask.FromResult<IReadOnlyList<StoredReport>>(ReadRecent(first, last) ?? ReadStored(first, last));
    }

    public ValueTask<StoredReport?> FindReportAsync(long number, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(ReadOne(number));
    }

    public ValueTask<IReadOnlyList<StoredReport>> ReadHistoryAsync(
        InstanceId instance, App app, long beforeNumber, int maxCount, CancellationToken cancellation)
    {
        // Every report names the one before it: history costs one read per report and no index.
        var history = new List<StoredReport>();
        var number = _instances.Find(instance, app)?.LatestNumber ?? 0;
        if (number >= beforeNumber)
        {
            // A page token names a report of this installation; its predecessor begins the page.
            var token = ReadOne(beforeNumber);
            number = token?.Report.Instance == instance && token.Report.App == app ? token.PreviousNumber : 0;
        }

        while (number > 0 && history.Count < maxCount)
        {
            cancellation.ThrowIfCancellationRequested();
            if (ReadOne(number) is not { } stored)
            {
                break;
            }

            history.Add(stored);
            number = stored.PreviousNumber;
        }

        return ValueTask.FromResult<IReadOnlyList<StoredReport>>(history);
    }

    public InstanceState? FindInstance(InstanceId instance, App app) => _instances.Find(instance, app);

    public IReadOnlyList<InstanceState> ListInstances(
        int firstOrdinal, int maxCount, App? app, ClaimVerdict? verdict = null) =>
        _instances.List(firstOrdinal, maxCount, app, verdict);

    public IReadOnlyDictionary<(App App, LicenseVerdict Reason), int> RefusedClaims => _instances.RefusedClaims();

    private StoredReport? ReadOne(long number)
    {
        if (number < Math.Max(OldestNumber, 1) || number > Interlocked.Read(ref _current))
        {
            return null;
        }

        return _recent.Find(number) ?? ReadStored(number, number).SingleOrDefault();
    }

    private List<StoredReport>? ReadRecent(long first, long last)
    {
        var events = new List<StoredReport>((int)(last - first + 1));
        for (var number = first; number <= last; number++)
        {
            if (_recent.Find(number) is not { } stored)
            {
                return null;
            }

            events.Add(stored);
        }

        return events;
    }

    private List<StoredReport> ReadStored(long first, long last) => Reading(database =>
    {
        var wanted = (int)(last - first + 1);
        var events = new List<StoredReport>(wanted);
        foreach (var (firstOfChunk, _, chunk) in database.ReadEvents(first, last))
        {
            EventChunk.Read(chunk, firstOfChunk, first, wanted, _epochs, events);
            if (events.Count >= wanted)
            {
                break;
            }
        }

        return events;
    });
}
