using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Ingestion;

/// <summary>Turns waiting reports into store commits.</summary>
/// <remarks>
/// Responsible for: order, batching, answering each caller after its commit, refusing quickly when too much waits.
/// Not responsible for: validation, deciding who may report.
/// Threading: any number of callers, one thread that writes. An own one: on the thread pool each step of a commit would
/// queue behind the requests that wait for it. While a commit runs, the next batch gathers: the slower the disk, the
/// larger the batches.
/// </remarks>
internal sealed partial class IngestionPipeline : BackgroundService
{
    private readonly ITelemetryStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<IngestionPipeline> _logger;
    private readonly IngestionMetrics _metrics;
    private readonly IngestionOptions _options;
    private readonly Channel<IPendingCommit> _waiting =
        Channel.CreateUnbounded<IPendingCommit>(new UnboundedChannelOptions
        {
            SingleReader = true,
            // The reader is a waiting thread, to be woken at once and not by way of the thread pool.
            AllowSynchronousContinuations = true,
        });

    private int _waitingReports;

    public IngestionPipeline(
        ITelemetryStore store, IOptions<IngestionOptions> options, IngestionMetrics metrics, TimeProvider time,
        ILogger<IngestionPipeline> logger)
    {
        _store = store;
        _options = options.Value;
        _metrics = metrics;
        _time = time;
        _logger = logger;
    }

    /// <summary>Queues a report for the next commit.</summary>
    /// <returns>The report's outcome after its commit; null when the queue is full or the server is stopping.</returns>
    /// <exception cref="StoreUnavailableException">
    /// By the task, as may be any other: the commit failed, nothing is acknowledged.
    /// </exception>
    public Task<CommitOutcome>? TryEnqueue(Report report)
    {
        var pending = new PendingReport(report);
        return TryEnqueue(pending) ? pending.Task : null;
    }

    /// <summary>Queues reports for one commit: all of them or none.</summary>
    /// <inheritdoc cref="TryEnqueue(Report)"/>
    public Task<CommitOutcome[]>? TryEnqueue(IReadOnlyList<Report> reports)
    {
        var pending = new PendingReports(reports);
        return TryEnqueue(pending) ? pending.Task : null;
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        // The web server has stopped by now; what still waits is committed before the store closes. A disk that does not
        // answer must not keep the process: when the host's patience ends, the rest goes unacknowledged.
        _waiting.Writer.TryComplete();
        return (ExecuteTask ?? Task.CompletedTask).WaitAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run()
    {
        var batch = new List<IPendingCommit>(_options.MaxBatch);
        var reports = new List<Report>(_options.MaxBatch);
        var lastBegin = 0L;
        while (WaitForReports())
        {
            if (batch.Count > 1)
            {
                Gather(_options.GatherInterval - _time.GetElapsedTime(lastBegin));
            }

            lastBegin = _time.GetTimestamp();
            batch.Clear();
            reports.Clear();
            while (reports.Count < _options.MaxBatch && _waiting.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
                pending.AddTo(reports);
            }

            Interlocked.Add(ref _waitingReports, -reports.Count);
            Commit(batch, reports);
        }
    }

    /// <returns>False when no more will come.</returns>
    private bool WaitForReports() => _waiting.Reader.WaitToReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>Lets others join; not when the server stops.</summary>
    private void Gather(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            _waiting.Reader.Completion.Wait(time);
        }
    }

    /// <summary>The last one may go beyond the capacity: what comes in one request is not torn apart.</summary>
    private bool TryEnqueue(IPendingCommit pending)
    {
        if (Interlocked.Add(ref _waitingReports, pending.Count) - pending.Count < _options.QueueCapacity
            && _waiting.Writer.TryWrite(pending))
        {
            return true;
        }

        Interlocked.Add(ref _waitingReports, -pending.Count);
        return false;
    }

    private void Commit(List<IPendingCommit> batch, List<Report> reports)
    {
        CommitOutcome[] outcomes;
        try
        {
            var rules = new CommitRules(_time.GetUtcNow(), _options.MinimumInterval);
            outcomes = _store.Commit(reports, rules);
            _metrics.Committed(outcomes.Length);
        }
        catch (Exception e)
        {
            // Also what nobody foresaw: its senders get an answer, and the next batch its chance. A store that is
            // unavailable says so itself, once and not for every batch.
            if (e is not StoreUnavailableException)
            {
                Log.CommitFailed(_logger, e, reports.Count);
            }

            CommitAnswers.Fail(batch, e);
            return;
        }

        // Outside, so that nobody who was answered is told of a failure as well.
        CommitAnswers.Complete(batch, outcomes);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1201, Level = LogLevel.Error,
            Message = "{Count} reports could not be committed; none was acknowledged.")]
        public static partial void CommitFailed(ILogger logger, Exception exception, int count);
    }
}

/// <summary>What waits for a commit together, and the promise to its caller in one object.</summary>
/// <remarks>Callers go on within the completing call, so the writer leaves that to <see cref="CommitAnswers"/>.</remarks>
internal interface IPendingCommit
{
    /// <summary>How many reports; at least one.</summary>
    int Count { get; }

    void AddTo(List<Report> batch);

    /// <param name="outcomes">Of these reports, in their order.</param>
    void Complete(ReadOnlySpan<CommitOutcome> outcomes);

    void Fail(Exception exception);
}

/// <inheritdoc cref="IPendingCommit"/>
internal sealed class PendingReport(Report report) : TaskCompletionSource<CommitOutcome>, IPendingCommit
{
    public int Count => 1;

    public void AddTo(List<Report> batch) => batch.Add(report);

    public void Complete(ReadOnlySpan<CommitOutcome> outcomes) => SetResult(outcomes[0]);

    public void Fail(Exception exception) => SetException(exception);
}

/// <inheritdoc cref="IPendingCommit"/>
internal sealed class PendingReports(IReadOnlyList<Report> reports) : TaskCompletionSource<CommitOutcome[]>, IPendingCommit
{
    public int Count => reports.Count;

    public void AddTo(List<Report> batch) => batch.AddRange(reports);

    public void Complete(ReadOnlySpan<CommitOutcome> outcomes) => SetResult(outcomes.ToArray());

    public void Fail(Exception exception) => SetException(exception);
}
