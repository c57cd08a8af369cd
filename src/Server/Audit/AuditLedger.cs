using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Audit;

/// <summary>Records reads, and what was refused: the first of an hour at once, those that do the same again summed up when it is over.</summary>
/// <remarks>
/// So a page that asks every few seconds does not fill a disk, and still nothing is handed out before the log says who gets it.
/// A killed process loses the sums of the running hour, and no first read.
/// Threading: any.
/// </remarks>
internal sealed partial class AuditLedger(ITelemetryStore store, TimeProvider time, ILogger<AuditLedger> logger) : BackgroundService
{
    /// <summary>Different doings that are summed up at a time; then all sums are written, and it begins anew.</summary>
    private const int MaxSums = 10_000;

    private const int RecordsPerCommit = 500;

    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private Dictionary<Doing, Sum> _sums = [];
    private long _hour = HourOf(time.GetUtcNow());

    /// <summary>Records a call; when the task completes, that it was made is on disk.</summary>
    /// <param name="call">What it does.</param>
    /// <param name="code">Its result, as in google.rpc.Code.</param>
    /// <exception cref="StoreUnavailableException">It is not recorded: nothing may be handed out.</exception>
    public async ValueTask NoteAsync(AuditCall call, int code)
    {
        await SumUpAsync(isOver: false).ConfigureAwait(false);
        var doing = Doing.Of(call, code);
        lock (_gate)
        {
            if (_sums.TryGetValue(doing, out var sum) && sum.IsNoted)
            {
                sum.Add(time.GetUtcNow(), 1, call.Reports);
                return;
            }
        }

        await store.AppendAuditAsync([AuditMapper.Draft(call.Record(code))], CancellationToken.None).ConfigureAwait(false);
        lock (_gate)
        {
            SumOf(doing).IsNoted = true;
        }
    }

    /// <summary>Counts what a stream hands out, once it was noted.</summary>
    public void HandsOut(AuditCall call, long reports)
    {
        var doing = Doing.Of(call, 0);
        lock (_gate)
        {
            // A stream outlives the hour in which it began.
            SumOf(doing).Add(time.GetUtcNow(), 0, reports);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await SumUpAsync(isOver: true).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await SumUpAsync(isOver: false).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The rest is summed up at the stop.
        }
    }

    private static long HourOf(DateTimeOffset moment) => moment.ToUnixTimeSeconds() / 3600;

    /// <summary>Writes the sums of an hour that is over.</summary>
    private async Task SumUpAsync(bool isOver)
    {
        List<KeyValuePair<Doing, Sum>> over;
        lock (_gate)
        {
            var hour = HourOf(time.GetUtcNow());
            if (!isOver && hour == _hour && _sums.Count < MaxSums)
            {
                return;
            }

            over = [.. _sums.Where(pair => pair.Value.Calls + pair.Value.Reports > 0)];
            (_sums, _hour) = ([], hour);
        }

        try
        {
            foreach (var part in over.Chunk(RecordsPerCommit))
            {
                await store.AppendAuditAsync([.. part.Select(pair => AuditMapper.Draft(pair.Key.Record(pair.Value)))], CancellationToken.None).ConfigureAwait(false);
                Array.ForEach(part, pair => over.Remove(pair));
            }
        }
        catch (StoreUnavailableException e)
        {
            Log.NotSummedUp(logger, over.Count, e.Message);
            lock (_gate)
            {
                over.ForEach(pair => SumOf(pair.Key).Add(pair.Value));
            }
        }
    }

    private Sum SumOf(Doing doing) => _sums.TryGetValue(doing, out var sum) ? sum : _sums[doing] = new Sum();

    /// <summary>What the same is.</summary>
    private sealed record Doing(AuditKind Kind, string Action, AuditActor Actor, int Code, string Key)
    {
        private IReadOnlyList<AuditSubject> _subjects = [];

        public static Doing Of(AuditCall call, int code) =>
            new(call.Kind, call.Action, call.Actor, code, string.Join(' ', call.Subjects.Select(subject => subject.Id))) { _subjects = [.. call.Subjects] };

        public bool Equals(Doing? other) => other is not null && (Kind, Action, Actor, Code, Key) == (other.Kind, other.Action, other.Actor, other.Code, other.Key);

        public override int GetHashCode() => HashCode.Combine(Action, Actor, Code, Key);

        public AuditRecord Record(Sum sum) => new()
        {
            Time = sum.Last,
            Kind = Kind,
            Action = Action,
            Actor = Actor,
            Subjects = _subjects,
            Code = Code,
            Calls = sum.Calls,
            Reports = sum.Reports,
            Since = sum.First,
        };
    }

    private sealed class Sum
    {
        /// <summary>Whether an entry of this hour says that it was done; what a stream hands out is counted without one.</summary>
        public bool IsNoted { get; set; }

        public long Calls { get; private set; }

        public long Reports { get; private set; }

        public DateTimeOffset First { get; private set; }

        public DateTimeOffset Last { get; private set; }

        public void Add(DateTimeOffset now, long calls, long reports)
        {
            First = Calls + Reports == 0 ? now : First;
            (Last, Calls, Reports) = (now, Calls + calls, Reports + reports);
        }

        public void Add(Sum earlier)
        {
            First = earlier.First;
            (Last, Calls, Reports) = (Calls + Reports == 0 ? earlier.Last : Last, Calls + earlier.Calls, Reports + earlier.Reports);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 7001, Level = LogLevel.Warning,
            Message = "{Count} sums of repeated reads cannot be added to the audit log: {Reason} Tried again within a minute; their first reads are in it.")]
        public static partial void NotSummedUp(ILogger logger, int count, string reason);
    }
}
