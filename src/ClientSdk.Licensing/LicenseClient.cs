using Grpc.Core;

namespace Telemetry.Client.Licensing;

/// <summary>Knows whether this installation is licensed, also while the server cannot be reached.</summary>
/// <remarks>
/// The server must have said yes once; its signed proof then holds offline until it ends. The latest definite answer
/// counts. Safe to use from any number of threads. Never throws for what a network, a server or a disk can do.
/// </remarks>
public sealed class LicenseClient : IAsyncDisposable
{
    /// <summary>How often the passing of time is written down, at most; a crash loses no more.</summary>
    private static readonly TimeSpan SaveInterval = TimeSpan.FromMinutes(5);

    private readonly object _lock = new();
    private readonly SemaphoreSlim _oneCheck = new(1, 1);
    private readonly LicenseClientOptions _options;
    private readonly TimeProvider _time;
    private readonly LicenseServer _server;
    private readonly LicenseChecker _checker;
    private readonly LicenseRefreshSchedule _schedule;
    private readonly RepeatingTimer _timer;
    private readonly LicenseMemoryFile? _file;
    private LicenseMemory _memory;
    private LicenseStatus _announced;
    private long _checkedAt;
    private long _savedAt;
    private int _started;
    private int _disposed;

    private LicenseClient(
        CallInvoker invoker, LicenseClientOptions options, LicenseSubject subject, RootKeySet roots,
        LicenseMemoryFile? file, LicenseMemory memory, TimeProvider time)
    {
        _options = options;
        _time = time;
        _server = new LicenseServer(invoker, options);
        _checker = new LicenseChecker(_server, subject, roots, options, time);
        _schedule = new LicenseRefreshSchedule(subject, options);
        _timer = new RepeatingTimer(TickAsync, time);
        _file = file;
        _memory = memory;
        _savedAt = time.GetTimestamp();
        _announced = Current;
    }

    /// <summary>
    /// Told once per change of the state, the verdict, the edition, the limits or the expiry, by <see cref="CheckAsync"/>
    /// or, after <see cref="Start"/>, by a timer's thread. Handlers must not throw: what they throw leaves
    /// <see cref="CheckAsync"/>, or ends the timer and leaves <see cref="DisposeAsync"/>.
    /// </summary>
    public event EventHandler<LicenseStatus>? Changed;

    /// <summary>What is known at this moment. Asks nobody and reads no file.</summary>
    public LicenseStatus Current
    {
        get
        {
            lock (_lock)
            {
                var now = _time.GetUtcNow();
                _memory = _memory.Seen(now, _options.ClockTolerance);
                return LicenseEvaluator.Evaluate(_memory, now, _options);
            }
        }
    }

    /// <summary>Why the state file could not be written the last time, so that a restart would need the server; null: it was, or there is none.</summary>
    public string? StateFileProblem => _file?.Problem;

    /// <summary>Makes a client from what the state file holds. Does not ask the server yet.</summary>
    /// <param name="channel">The connection; not disposed by this client, and to be disposed after it.</param>
    /// <param name="options">What to ask about and whom to believe.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or a root key is none.</exception>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public static Task<LicenseClient> OpenAsync(
        TelemetryChannel channel, LicenseClientOptions options, TimeProvider? time = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return OpenAsync(channel.Invoker, options, time ?? TimeProvider.System, cancellation);
    }

    /// <summary>Asks the server now and remembers a definite answer. One check at a time; a second caller waits.</summary>
    /// <returns>What is known then; when no usable answer came, what was known before, and its message says why.</returns>
    /// <param name="cancellation">Ends the check.</param>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public async Task<LicenseStatus> CheckAsync(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        await AloneAsync(() => CheckNowAsync(cancellation), cancellation).ConfigureAwait(false);
        return Reevaluate();
    }

    /// <summary>
    /// Tells the server how far this installation uses what its license limits; like a check, this takes a seat or
    /// keeps it. What is not limited is dropped there. Leaves <see cref="Current"/> alone.
    /// </summary>
    /// <param name="usage">Counts under the names of limits, e.g. "rooms". At most 50.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Exactly what happened.</returns>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public async Task<LicenseUsageResult> ReportUsageAsync(
        IReadOnlyDictionary<string, ulong> usage, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(usage);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var (answer, failure) = await _server.ReportUsageAsync(usage, deadline.Token, cancellation).ConfigureAwait(false);
        return LicenseUsageResult.Of(answer, failure);
    }

    /// <summary>
    /// Gives up this installation's seat, e.g. before it moves. Once the server has answered, nothing is licensed here,
    /// and a started client no longer asks by itself, until <see cref="CheckAsync"/> takes a seat again.
    /// </summary>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Exactly what happened.</returns>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public async Task<LicenseReleaseResult> ReleaseAsync(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        LicenseReleaseResult? result = null;
        await AloneAsync(
            async () => result = await ReleaseNowAsync(cancellation).ConfigureAwait(false), cancellation)
            .ConfigureAwait(false);
        Reevaluate();
        return result!;
    }

    /// <summary>
    /// Begins to look at the status by itself, at least every minute and when it can change, and to ask the server when
    /// its proof wants it, at once if there is none. After a check without an answer the next one comes an hour later.
    /// Repeating this does nothing.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void Start()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            _timer.Start();
        }
    }

    /// <summary>Stops looking, ends a check of its own, and writes down what is known.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _timer.DisposeAsync().ConfigureAwait(false);
            _ = Current;
            Save();
        }
    }

    internal static async Task<LicenseClient> OpenAsync(
        CallInvoker invoker, LicenseClientOptions options, TimeProvider time, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellation.ThrowIfCancellationRequested();
        var subject = LicenseSubject.Of(options);
        var roots = new RootKeySet(options.RootKeys);
        var file = options.StateFile is { } path ? new LicenseMemoryFile(path, subject, roots) : null;
        var memory = file is null ? LicenseMemory.Empty : await file.LoadAsync().ConfigureAwait(false);
        return new LicenseClient(invoker, options, subject, roots, file, memory, time);
    }

    /// <summary>A check and a release wait for each other: the answer to the one would be from before the other.</summary>
    private async Task AloneAsync(Func<Task> action, CancellationToken cancellation)
    {
        await _oneCheck.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await action().ConfigureAwait(false);
        }
        finally
        {
            _oneCheck.Release();
        }
    }

    private async Task CheckNowAsync(CancellationToken cancellation)
    {
        var before = Memory();
        var after = await _checker.CheckAsync(before, cancellation).ConfigureAwait(false);
        lock (_lock)
        {
            // What the clock showed meanwhile counts, unless there is an answer with which it begins anew.
            var heard = !ReferenceEquals(after.Proof, before.Proof) || !ReferenceEquals(after.Refusal, before.Refusal);
            _memory = heard
                ? after
                : after with { LatestTime = _memory.LatestTime, ClockWentBack = _memory.ClockWentBack };
            _checkedAt = _time.GetTimestamp();
        }

        Save();
    }

    private async Task<LicenseReleaseResult> ReleaseNowAsync(CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var (answer, failure) = await _server.ReleaseAsync(deadline.Token, cancellation).ConfigureAwait(false);
        if (answer is null)
        {
            return new LicenseReleaseResult.Unanswered(failure!.Sentence, failure.RetryAfter);
        }

        lock (_lock)
        {
            _memory = _memory.Release(_time.GetUtcNow());
        }

        Save();
        return answer.Released ? new LicenseReleaseResult.Released() : new LicenseReleaseResult.NoPlace();
    }

    private async Task<TimeSpan> TickAsync(CancellationToken cancellation)
    {
        Reevaluate();
        if (IsCheckDue())
        {
            // Asked again when it is this one's turn: what went before may have been a check, or the seat's release.
            await AloneAsync(
                () => IsCheckDue() ? CheckNowAsync(cancellation) : Task.CompletedTask, cancellation).ConfigureAwait(false);
            Reevaluate();
        }
        else if (_time.GetElapsedTime(_savedAt) >= SaveInterval)
        {
            Save();
        }

        return _schedule.PauseAfter(Memory(), _time.GetUtcNow());
    }

    private bool IsCheckDue()
    {
        var memory = Memory();
        return _schedule.IsDue(memory, _time.GetUtcNow())
            && (memory.Failure is not { } failure
                || _time.GetElapsedTime(_checkedAt) >= LicenseRefreshSchedule.PauseAfter(failure));
    }

    private LicenseStatus Reevaluate()
    {
        bool changed;
        LicenseStatus status;
        lock (_lock)
        {
            status = Current;
            changed = !status.SameAs(_announced);
            _announced = status;
        }

        if (changed)
        {
            Changed?.Invoke(this, status);
        }

        return status;
    }

    private LicenseMemory Memory()
    {
        lock (_lock)
        {
            return _memory;
        }
    }

    private void Save()
    {
        _savedAt = _time.GetTimestamp();
        _file?.Save(Memory());
    }
}
