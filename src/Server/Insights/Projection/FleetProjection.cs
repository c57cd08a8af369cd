using Telemetry.Schema;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Insights.Projection;

/// <summary>The fleet as questions read it: made of committed events, in their order, and of nothing else.</summary>
/// <remarks>
/// Threading: one thread applies, whole batches at a time; questions take what they need under the same gate and
/// go on without it, so nobody waits for an answer to be computed.
/// </remarks>
internal sealed class FleetProjection(AppRegistry apps, TimeProvider time) : IDisposable
{
    private readonly ReaderWriterLockSlim _gate = new();
    private readonly SortedDictionary<string, AppProjection> _apps = new(StringComparer.Ordinal);
    private readonly CommitSignal _applied = new();
    private FeedPosition _position;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The newest event that is in it.</summary>
    public FeedPosition Position
    {
        get
        {
            _gate.EnterReadLock();
            try
            {
                return _position;
            }
            finally
            {
                _gate.ExitReadLock();
            }
        }
    }

    /// <summary>The newest day of any event; the day of the first event begins it.</summary>
    public int RunningDay { get; private set; } = int.MinValue;

    /// <summary>The first day that is kept; the running one when nothing was dropped or nothing is there.</summary>
    public int OldestDay { get; private set; } = int.MinValue;

    /// <summary>Rises with each erasure: answers about the past that were kept are void.</summary>
    public int Generation { get; private set; }

    /// <summary>Takes events in that follow those before, with the values they were made of where they are at hand.</summary>
    /// <remarks>
    /// Days never run back: what a clock that was set back dates earlier counts on the newest day.
    /// </remarks>
    /// <param name="events">The events.</param>
    /// <param name="reports">What each of them was made of; null when that is not at hand.</param>
    /// <param name="isErased">Of which numbers nothing is taken in; null for none.</param>
    public void Apply(IReadOnlyList<StoredReport> events, IReadOnlyList<Report>? reports, Predicate<long>? isErased = null)
    {
        _gate.EnterWriteLock();
        try
        {
            for (var i = 0; i < events.Count; i++)
            {
                var stored = events[i];
                if (isErased?.Invoke(stored.Position.Number) == true)
                {
                    _position = stored.Position;
                    continue;
                }

                BeginDay(UtcDay.Of(stored.AcceptedAtMs));
                var app = AppOf(apps.OfStored(stored.App));
                var values = reports is not null && reports[i].Schema == app.Schema
                    ? reports[i].Values
                    : WireReportReader.Read(stored.Body, app.Schema);
                app.Apply(stored, values, RunningDay);
                _position = stored.Position;
            }
        }
        finally
        {
            _gate.ExitWriteLock();
        }

        _applied.Raise();
    }

    /// <summary>Passes over numbers that hold no event any more.</summary>
    public void PassOver(FeedPosition position)
    {
        _gate.EnterWriteLock();
        _position = position;
        _gate.ExitWriteLock();
        _applied.Raise();
    }

    /// <summary>Completes when everything up to a number is in it.</summary>
    public async Task WaitForAsync(long number, CancellationToken cancellation)
    {
        while (true)
        {
            // The signal is taken before the look, so that nothing in between is missed.
            var next = _applied.Next();
            if (Position.Number >= number)
            {
                return;
            }

            await next.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Completes when something after a number is in it.</summary>
    public Task WaitForChangeAsync(long number, CancellationToken cancellation) => WaitForAsync(number + 1, cancellation);

    /// <summary>Takes what a question needs, at one position.</summary>
    /// <param name="slugs">Of which apps; null for all.</param>
    /// <param name="needs">What is read of each installation.</param>
    public FleetView Look(IReadOnlySet<string>? slugs, ViewNeeds needs)
    {
        var now = time.GetUtcNow();
        _gate.EnterReadLock();
        try
        {
            var moment = new FleetMoment(now, RunningDay, OldestDay);
            return new FleetView(
                _position, now, Math.Max(UtcDay.Of(now), RunningDay), RunningDay, OldestDay, Generation,
                [.. _apps.Values.Where(app => slugs?.Contains(app.App) != false).Select(app => new AppView(app, moment, needs))]);
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    /// <summary>Reads under the gate what needs no copy. Keep it short: the projection waits.</summary>
    public T Read<T>(Func<IReadOnlyCollection<AppProjection>, FeedPosition, T> read)
    {
        _gate.EnterReadLock();
        try
        {
            return read(_apps.Values, _position);
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    /// <summary>Changes under the gate what no event does: erasure, retention, restoring.</summary>
    public void Change(Action<SortedDictionary<string, AppProjection>> change)
    {
        _gate.EnterWriteLock();
        try
        {
            change(_apps);
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <summary>Forgets everything about one installation, as if it had never reported.</summary>
    /// <param name="instance">The installation.</param>
    /// <param name="app">The app.</param>
    /// <param name="sequence">Which erasure of the store it is.</param>
    public void Erase(InstanceId instance, string app, long sequence = 0) => Change(all =>
    {
        if (all.TryGetValue(app, out var projection))
        {
            projection.Erase(instance);
            Generation++;
        }

        ErasedThrough = Math.Max(ErasedThrough, sequence);
    });

    /// <summary>The newest erasure of the store after which nothing of what was erased is in it.</summary>
    public long ErasedThrough { get; set; }

    /// <summary>Forgets the days before one; what is known of later days stays as it is.</summary>
    public void DropDaysBefore(int day) => Change(all => DropDays(all, day));

    /// <summary>
    /// What retention asks for: forgets the days before one, and the installations that did not report since. When it
    /// would change nothing, answers that were kept stay good.
    /// </summary>
    public void KeepFrom(int day) => Change(all =>
    {
        if (day > OldestDay && day <= RunningDay && all.Values.SelectMany(app => app.Chunks).Any(chunk => chunk.FirstDay < day && chunk.ClosedCount > 0))
        {
            DropDays(all, day);
            foreach (var app in all.Values)
            {
                app.ForgetSilent(UtcDay.StartMs(day));
            }
        }
    });

    private void DropDays(SortedDictionary<string, AppProjection> all, int day)
    {
        OldestDay = Math.Max(OldestDay, day);
        Generation++;
        foreach (var chunk in all.Values.SelectMany(app => app.Chunks))
        {
            chunk.DropDaysBefore(day);
        }
    }

    /// <summary>For what is read from files, before anything is applied.</summary>
    public void Restore(FeedPosition position, int oldestDay, int generation, IEnumerable<AppProjection> read)
    {
        foreach (var app in read)
        {
            app.MakeIndex();
            _apps.Add(app.App, app);
        }

        (_position, OldestDay, Generation) = (position, oldestDay, generation);
        // Each chunk has its own; what is read again from the log brings the ones behind up to the others.
        RunningDay = _apps.Values.SelectMany(app => app.Chunks).Select(chunk => chunk.RunningDay).DefaultIfEmpty(int.MinValue).Min();
    }

    /// <summary>For the thread that applies: the app's projection, under its contract of now.</summary>
    public AppProjection AppOf(ReportSchema schema)
    {
        if (!_apps.TryGetValue(schema.App, out var app))
        {
            _apps.Add(schema.App, app = new AppProjection(schema));
        }
        else if (app.Schema != schema)
        {
            app.Use(schema);
        }

        return app;
    }

    public void Dispose() => _gate.Dispose();

    private void BeginDay(int day)
    {
        if (day > RunningDay)
        {
            foreach (var chunk in _apps.Values.SelectMany(app => app.Chunks))
            {
                chunk.BeginDay(day);
            }

            RunningDay = day;
        }
    }
}
