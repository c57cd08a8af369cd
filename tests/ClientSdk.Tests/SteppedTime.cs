using Microsoft.Extensions.Time.Testing;

namespace Telemetry.ClientSdk.Tests;

/// <summary>A clock that goes from one ring of the clients' schedules to the next, when all of them sleep.</summary>
/// <remarks>Schedules are the timers that are set anew after each ring; delays within an attempt are not.</remarks>
internal sealed class SteppedTime() : FakeTimeProvider(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero))
{
    private readonly List<Watched> _timers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Watched(this, callback, state);
        timer.Inner = base.CreateTimer(timer.Ring, null, dueTime, period);
        return timer;
    }

    /// <summary>Waits until as many schedules sleep, and goes to the earliest ring.</summary>
    public async Task StepAsync(int schedules = 1) => Advance(await AsleepAsync(schedules) - GetUtcNow());

    /// <summary>Waits until as many schedules sleep.</summary>
    /// <returns>When the first of them rings.</returns>
    public async Task<DateTimeOffset> AsleepAsync(int schedules = 1)
    {
        while (true)
        {
            Task changed;
            lock (_timers)
            {
                if (_timers.Count(timer => timer.Due is not null) == schedules)
                {
                    return _timers.Min(timer => timer.Due)!.Value;
                }

                changed = _changed.Task;
            }

            await Patience.For(changed, "a schedule sleeps");
        }
    }

    /// <summary>Goes from ring to ring until something is done.</summary>
    public async Task StepUntilAsync(Task done, string what, int schedules = 1)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        while (!done.IsCompleted && !limit.IsCancellationRequested)
        {
            // What is waited for may be what keeps the schedule from sleeping.
            var asleep = AsleepAsync(schedules);
            await Task.WhenAny(asleep, done);
            if (!done.IsCompleted)
            {
                Advance(await asleep - GetUtcNow());
            }
        }

        await Patience.For(done, what);
    }

    private sealed class Watched(SteppedTime time, TimerCallback callback, object? state) : ITimer
    {
        private bool _listed;

        public ITimer Inner { get; set; } = null!;

        public DateTimeOffset? Due { get; private set; }

        public void Ring(object? _)
        {
            lock (time._timers)
            {
                Due = null;
            }

            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._timers)
            {
                if (!_listed)
                {
                    _listed = true;
                    time._timers.Add(this);
                }

                Due = dueTime > TimeSpan.Zero ? time.GetUtcNow() + dueTime : null;
            }

            var done = Inner.Change(dueTime, period);
            TaskCompletionSource before;
            lock (time._timers)
            {
                (before, time._changed) =
                    (time._changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            before.SetResult();
            return done;
        }

        public void Dispose()
        {
            Forget();
            Inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Forget();
            return Inner.DisposeAsync();
        }

        private void Forget()
        {
            lock (time._timers)
            {
                time._timers.Remove(this);
            }
        }
    }
}
