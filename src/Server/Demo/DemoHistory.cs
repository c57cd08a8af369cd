using Google.Protobuf;
using Microsoft.Extensions.Options;
using Telemetry.Schema;
using Telemetry.Server.Admin;
using Telemetry.Server.Audit;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Demo;

/// <summary>Gives a simulated fleet its past: what it would have reported until now, by the way that every report takes.</summary>
/// <remarks>
/// Reads, cleans and commits as the server does, with a clock that goes through the past. Goes on where the log ends, so a
/// first start that was cut short and a later start are the same to it. Works on a store that nobody else uses.
/// </remarks>
internal sealed class DemoHistory(
    DemoFleet fleet, DemoLicenses licenses, DemoClock clock, ITelemetryStore store, AppRegistrar registrar, AppRegistry apps,
    ReportCleaner cleaner, IOptions<IngestionOptions> ingestion)
{
    /// <summary>So many batches wait for the disk at most.</summary>
    private const int MaxAhead = 4;

    private readonly TimeSpan _minimumInterval = ingestion.Value.MinimumInterval;
    private int _begun = -1;

    /// <summary>Writes everything up to a moment.</summary>
    /// <param name="until">The moment.</param>
    /// <param name="tell">Told now and then how far it is.</param>
    /// <exception cref="StoreUnavailableException">It cannot be stored; a later start goes on.</exception>
    public async Task WriteAsync(DateTimeOffset until, Action<DemoProgress> tell)
    {
        var newest = await store.FindReportAsync(store.Current.Number, CancellationToken.None).ConfigureAwait(false);
        var after = newest?.AcceptedAt ?? DateTimeOffset.MinValue;
        clock.Now = newest?.AcceptedAt ?? clock.Now;
        await registrar.RegisterAsync(DemoContract.Bytes, validateOnly: false, AuditCall.OfServer("Apps.Register", "demo", clock), CancellationToken.None)
            .ConfigureAwait(false);
        var first = fleet.DayOf(DateOnly.FromDateTime(clock.Now.UtcDateTime));
        var days = fleet.DayOf(DateOnly.FromDateTime(until.UtcDateTime)) - first + 1;
        var committed = Task.CompletedTask;
        var ahead = new Queue<Task>();
        foreach (var batch in Between(after, until).Chunk(ingestion.Value.MaxBatch))
        {
            tell(new DemoProgress(batch[0].Day - first, days, store.Current.Number));
            var submitted = batch.AsParallel().AsOrdered().Select(Submit).ToArray();
            // The next batches are made while this one is committed, so that no processor waits for the other.
            var before = committed;
            committed = Task.Run(async () =>
            {
                await before.ConfigureAwait(false);
                await CommitAsync(batch, submitted, after).ConfigureAwait(false);
            });
            ahead.Enqueue(committed);
            if (ahead.Count > MaxAhead)
            {
                await ahead.Dequeue().ConfigureAwait(false);
            }
        }

        await committed.ConfigureAwait(false);
        tell(new DemoProgress(days, days, store.Current.Number));
    }

    private IEnumerable<DemoReport> Between(DateTimeOffset after, DateTimeOffset until)
    {
        var first = after == DateTimeOffset.MinValue ? fleet.FirstDay : DateOnly.FromDateTime(after.UtcDateTime);
        for (var date = first; date <= DateOnly.FromDateTime(until.UtcDateTime); date = date.AddDays(1))
        {
            foreach (var report in fleet.ReportsOn(date).Where(report => report.At > after && report.At <= until))
            {
                yield return report;
            }
        }
    }

    private SubmittedReport Submit(DemoReport due) =>
        SubmittedReport.FromWire(due.Installation.ReportOn(due.Day, licenses.KeyOf).ToByteArray(), apps);

    private async Task CommitAsync(DemoReport[] due, SubmittedReport[] submitted, DateTimeOffset after)
    {
        var reports = new List<Report>(due.Length);
        var moments = new List<DateTimeOffset>(due.Length);
        for (var i = 0; i < due.Length; i++)
        {
            var (at, day, installation) = due[i];
            clock.Now = at;
            if (day > _begun)
            {
                _begun = day;
                await licenses.BeginAsync(day, fleet.FirstDay).ConfigureAwait(false);
            }

            await licenses.CheckAsync(installation, day).ConfigureAwait(false);
            var report = cleaner.Clean(submitted[i]);
            if (!WasEarly(report, at, after))
            {
                reports.Add(report);
                moments.Add(at);
            }
        }

        store.Commit(reports, new CommitRules(clock.Now, _minimumInterval, AcceptedAt: place => moments[place]));
    }

    /// <summary>Whether an earlier run of the server took it before its hour, so that somebody had something to see.</summary>
    private bool WasEarly(Report report, DateTimeOffset at, DateTimeOffset after) =>
        at.UtcDateTime.Date == after.UtcDateTime.Date
            && store.FindInstance(report.Instance, report.App) is { } known
            && known.LastSeen <= after && known.LastSeen.UtcDateTime.Date == at.UtcDateTime.Date;
}

/// <summary>How far a history is.</summary>
/// <param name="Day">Days written, of those to write.</param>
/// <param name="Days">Days to write; the last one is today.</param>
/// <param name="Events">Reports in the store.</param>
internal readonly record struct DemoProgress(int Day, int Days, long Events);

/// <summary>Shows the moment that the simulation has come to.</summary>
internal sealed class DemoClock : TimeProvider
{
    private long _ticks;

    public DateTimeOffset Now
    {
        get => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);
        set => Interlocked.Exchange(ref _ticks, value.UtcTicks);
    }

    public override DateTimeOffset GetUtcNow() => Now;
}
