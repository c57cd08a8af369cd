using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Telemetry.Client.Licensing;

/// <inheritdoc/>
internal sealed partial class ServerLicenseClient : LicenseClient
{
    /// <summary>How often the passing of time is written down, at most; a crash loses no more.</summary>
    private static readonly TimeSpan SaveInterval = TimeSpan.FromMinutes(5);

    private readonly object _lock = new();
    private readonly SemaphoreSlim _oneCheck = new(1, 1);
    private readonly LicenseClientOptions _options;
    private readonly ILogger _logger;
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

    /// <exception cref="ArgumentException">An option is out of its range, or a root key is none.</exception>
    public ServerLicenseClient(
        CallInvoker invoker, LicenseClientOptions options, ILogger<LicenseClient>? logger = null, TimeProvider? time = null)
    {
        var subject = LicenseSubject.Of(options);
        var roots = new RootKeySet(options.RootKeys);
        _options = options;
        _logger = logger ?? NullLogger<LicenseClient>.Instance;
        _time = time ?? TimeProvider.System;
        _server = new LicenseServer(invoker, options);
        _checker = new LicenseChecker(_server, subject, roots, options, _time);
        _schedule = new LicenseRefreshSchedule(subject, options);
        _timer = new RepeatingTimer(TickSafelyAsync, _time);
        _file = options.StateFile is { } path ? new LicenseMemoryFile(path, subject, roots) : null;
        _memory = _file?.Load() ?? LicenseMemory.Empty;
        _savedAt = _time.GetTimestamp();
        _announced = Current;
    }

    public override event EventHandler<LicenseStatus>? Changed;

    public override LicenseStatus Current
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

    public override string? StateFileProblem => _file?.Problem;

    public override async Task<LicenseStatus> CheckAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        await AloneAsync(() => CheckNowAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        return Reevaluate();
    }

    public override async Task<LicenseUsageResult> ReportUsageAsync(
        IReadOnlyDictionary<string, ulong> usage, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(usage);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var (answer, failure) = await _server.ReportUsageAsync(usage, deadline.Token, cancellationToken).ConfigureAwait(false);
        return LicenseUsageResult.Of(answer, failure);
    }

    public override async Task<LicenseReleaseResult> ReleaseAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        LicenseReleaseResult? result = null;
        await AloneAsync(
            async () => result = await ReleaseNowAsync(cancellationToken).ConfigureAwait(false), cancellationToken)
            .ConfigureAwait(false);
        Reevaluate();
        return result!;
    }

    public override void Start()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            _timer.Start();
        }
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _timer.DisposeAsync().ConfigureAwait(false);
            _ = Current;
            Save();
        }
    }

    /// <summary>A check and a release wait for each other: the answer to the one would be from before the other.</summary>
    private async Task AloneAsync(Func<Task> action, CancellationToken cancellationToken)
    {
        await _oneCheck.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await action().ConfigureAwait(false);
        }
        finally
        {
            _oneCheck.Release();
        }
    }

    private async Task CheckNowAsync(CancellationToken cancellationToken)
    {
        var before = Memory();
        var after = await _checker.CheckAsync(before, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            // What the clock showed meanwhile counts, unless there is an answer with which it begins anew.
            var heard = !ReferenceEquals(after.Proof, before.Proof) || !ReferenceEquals(after.Refusal, before.Refusal);
            _memory = heard
                ? after
                : after with { LatestTime = _memory.LatestTime, ClockWentBack = _memory.ClockWentBack };
            _checkedAt = _time.GetTimestamp();
        }

        if (after.Failure is { } failure && failure != before.Failure)
        {
            Log.CheckFailed(_logger, failure.Reason);
        }

        Save();
    }

    private async Task<LicenseReleaseResult> ReleaseNowAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var (answer, failure) = await _server.ReleaseAsync(deadline.Token, cancellationToken).ConfigureAwait(false);
        if (answer is null)
        {
            return new LicenseReleaseResult.Unanswered(failure!.Sentence, failure.RetryAfter);
        }

        lock (_lock)
        {
            _memory = _memory.Release(_time.GetUtcNow());
        }

        Save();
        return answer.Released ? new LicenseReleaseResult.Released() : new LicenseReleaseResult.NoSeat();
    }

    /// <summary>Whatever fails, the next look comes: a client that fell silent would let a paid license run out.</summary>
    private async Task<TimeSpan> TickSafelyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await TickAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.LookFailed(_logger, e);
            return LicenseRefreshSchedule.PauseAfterFailure;
        }
    }

    private async Task<TimeSpan> TickAsync(CancellationToken cancellationToken)
    {
        Reevaluate();
        if (IsCheckDue())
        {
            // Asked again when it is this one's turn: what went before may have been a check, or the seat's release.
            await AloneAsync(
                () => IsCheckDue() ? CheckNowAsync(cancellationToken) : Task.CompletedTask, cancellationToken).ConfigureAwait(false);
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
            Announce(status);
        }

        return status;
    }

    private void Announce(LicenseStatus status)
    {
        Log.StatusChanged(_logger, status.State);
        foreach (var handler in Changed?.GetInvocationList() ?? [])
        {
            try
            {
                ((EventHandler<LicenseStatus>)handler)(this, status);
            }
            catch (Exception e)
            {
                // The app's own code: it must end neither the checks nor the other handlers.
                Log.HandlerFailed(_logger, e);
            }
        }
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
        var before = _file?.Problem;
        _file?.Save(Memory());
        if (_file?.Problem is { } problem && problem != before)
        {
            Log.NotSaved(_logger, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5001, Level = LogLevel.Information, Message = "The license is now {State}.")]
        public static partial void StatusChanged(ILogger logger, LicenseState state);

        [LoggerMessage(EventId = 5002, Level = LogLevel.Warning, Message = "The license could not be checked: {Reason}.")]
        public static partial void CheckFailed(ILogger logger, string reason);

        [LoggerMessage(EventId = 5003, Level = LogLevel.Warning,
            Message = "The license's state file cannot be written, so a restart needs the license server: {Problem}")]
        public static partial void NotSaved(ILogger logger, string problem);

        [LoggerMessage(EventId = 5004, Level = LogLevel.Error, Message = "A handler of the license's changes failed.")]
        public static partial void HandlerFailed(ILogger logger, Exception exception);

        [LoggerMessage(EventId = 5005, Level = LogLevel.Error, Message = "The look at the license failed; tried again later.")]
        public static partial void LookFailed(ILogger logger, Exception exception);
    }
}
