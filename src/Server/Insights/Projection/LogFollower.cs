using System.Collections.Concurrent;
using Telemetry.Server.Insights.Files;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Insights.Projection;

/// <summary>Brings what is committed into the projection, in the order of the log.</summary>
/// <remarks>
/// The committer hands over what it has at hand and never waits; what it could not hand over, or what was committed while
/// nobody listened, is read from the log. Threading: one thread of its own applies.
/// </remarks>
internal sealed partial class LogFollower(
    ITelemetryStore store, FleetProjection projection, ProjectionKeeper keeper, ILogger<LogFollower> logger) : BackgroundService, ICommitListener
{
    /// <summary>So many events wait at most; beyond that they are read from the log again.</summary>
    private const int MaxWaiting = 65_536;

    private const int PageSize = 2_000;

    private readonly ConcurrentQueue<(IReadOnlyList<StoredReport> Events, IReadOnlyList<Report> Reports)> _waiting = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly ConcurrentQueue<(InstanceId Instance, string App, long Sequence)> _erased = new();
    private readonly Lock _erasing = new();
    private int _waitingEvents;

    /// <summary>What of the log cannot be read, in words for an operator; null while all can.</summary>
    public string? Damage { get; private set; }

    public void Committed(IReadOnlyList<StoredReport> events, IReadOnlyList<Report> reports)
    {
        if (Volatile.Read(ref _waitingEvents) < MaxWaiting)
        {
            Interlocked.Add(ref _waitingEvents, events.Count);
            _waiting.Enqueue((events, reports));
        }

        _arrived.Release();
    }

    public void Erased(InstanceId instance, string app)
    {
        _erased.Enqueue((instance, app, store.Erasures[^1].Sequence));
        _arrived.Release();
    }

    public ValueTask ClearErasedAsync(CancellationToken cancellation)
    {
        Erase();
        return keeper.ClearErasedAsync(cancellation);
    }

    /// <summary>Reads what the log has and the projection has not.</summary>
    public async Task CatchUpAsync(CancellationToken cancellation)
    {
        while (projection.Position is var position && position.Number < store.Current.Number)
        {
            var (current, next) = (store.Current, Math.Max(position.Number + 1, store.OldestNumber));
            if (next > current.Number)
            {
                // Retention took all that there was.
                projection.PassOver(current);
                continue;
            }

            if (store.AbsentThrough(next) is { } through)
            {
                Erase();
                projection.PassOver(new FeedPosition(store.EpochOf(through), through));
                continue;
            }

            var page = await store.ReadAfterAsync(next - 1, PageSize, cancellation).ConfigureAwait(false);
            // None when retention overtook the read: then the oldest is another one now.
            if (page.Count > 0)
            {
                Apply(page, reports: null);
            }
        }
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        store.Listen(this);
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(
            () => RunAsync(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await FollowAsync(stopping).ConfigureAwait(false);
                await _arrived.WaitAsync(stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Nothing is left to do.
        }
    }

    private async Task FollowAsync(CancellationToken stopping)
    {
        try
        {
            while (_waiting.TryDequeue(out var batch))
            {
                Interlocked.Add(ref _waitingEvents, -batch.Events.Count);
                if (batch.Events[0].Position.Number != projection.Position.Number + 1)
                {
                    await CatchUpAsync(stopping).ConfigureAwait(false);
                }

                if (batch.Events[0].Position.Number == projection.Position.Number + 1)
                {
                    Apply(batch.Events, batch.Reports);
                }
            }

            await CatchUpAsync(stopping).ConfigureAwait(false);
            Erase();
        }
        catch (StoreDamagedException e)
        {
            // Each commit comes by here again, and one line says it.
            var damage = $"Insights stop at what is damaged in the log: {e.Message} Run the server with --verify, then with --salvage.";
            if (Damage != damage)
            {
                Damage = damage;
                Log.Damaged(logger, damage);
            }
        }
    }

    /// <summary>
    /// Erasures first: whoever reports after one is somebody new. They are told of before anything later can be read, so what is
    /// at hand may hold reports of before, which are passed over, and none of after an erasure that was not told of.
    /// </summary>
    private void Apply(IReadOnlyList<StoredReport> events, IReadOnlyList<Report>? reports)
    {
        Erase();
        projection.Apply(events, reports, number => store.ErasedThrough(number) is not null);
    }

    private void Erase()
    {
        // Whoever finds none left may go on only when the last one is done.
        lock (_erasing)
        {
            while (_erased.TryDequeue(out var erased))
            {
                projection.Erase(erased.Instance, erased.App, erased.Sequence);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 6001, Level = LogLevel.Error,
            Message = "{Damage}")]
        public static partial void Damaged(ILogger logger, string damage);
    }
}
