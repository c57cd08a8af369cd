using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Telemetry.Client.Collect;
using Telemetry.Client.Collected;
using Telemetry.Client.Consent;
using Telemetry.Client.Contract;
using Telemetry.Client.Schedule;
using Telemetry.Client.Send;
using Telemetry.Client.State;

namespace Telemetry.Client;

/// <summary>An installation's reports: whether, when and what, and what became of them.</summary>
/// <remarks>
/// Safe to use from any number of threads, and by any number of processes that share the state directory. Nothing goes
/// out before <see cref="Start"/>, except what <see cref="SendNowAsync"/> is asked to send. While off there is no
/// connection, no name lookup and no thread of its own, unless somebody calls <see cref="ShowCollectedAsync"/> or
/// <see cref="DeleteCollectedAsync"/>; switched off by environment or command line, not even a timer.
/// What a machine, a network, a server or a collector can do never throws: it is told by results, status and log.
/// </remarks>
public class TelemetryClient : IAsyncDisposable, IDisposable
{
    /// <summary>A host that stops is not kept waiting.</summary>
    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan ShortestNap = TimeSpan.FromSeconds(1);

    /// <summary>Timers stand still while a machine sleeps, so the calendar is looked at now and then.</summary>
    private static readonly TimeSpan LongestNap = TimeSpan.FromMinutes(10);

    private readonly ReportContract _contract;
    private readonly StateDirectory _directory;
    private readonly Installation _installation;
    private readonly ReportPreparer _preparer;
    private readonly ReportCourier _courier;
    private readonly CollectedData _collected;
    private readonly TimeProvider _time;
    private readonly TelemetryLog _log;
    private readonly RepeatingTimer? _timer;
    private StateWatch? _watch;
    private string? _problem;
    private bool _settled;
    private volatile bool _kept;
    private ConsentDecision? _told;
    private int _started;
    private int _disposed;

    /// <summary>For mocks.</summary>
    protected TelemetryClient() =>
        (_contract, _directory, _installation, _preparer, _courier, _collected, _time, _log) =
            (null!, null!, null!, null!, null!, null!, null!, null!);

    private TelemetryClient(
        TelemetryOptions options, ReportContract contract, Func<CancellationToken, Task<CollectedUsage?>> collector,
        ILogger? logger, TimeProvider? time)
    {
        _contract = contract;
        _time = time ?? TimeProvider.System;
        _log = new TelemetryLog(logger ?? NullLogger.Instance);
        var hash = options.InstanceHash ?? InstanceHash.FromUrl(options.InstanceUrl!);
        _directory = new StateDirectory(
            options.StateDirectory ?? InstallationDirectories.DefaultFor(contract.App), _time, contract.Version);
        _installation = new Installation(
            _directory,
            new AppProfile(
                contract.App, options.AppVersion, options.Server!, options.Transport, options.Consent,
                ReportJitter.Of(hash, contract.App), contract.UsageType, Convert.ToBase64String(contract.Files()),
                options is { IsDevelopment: true, ReportInDevelopment: false }),
            contract, options.CommandLineMode, options.Variable, _time);
        _preparer = new ReportPreparer(_installation, new CollectedReports(
            new CollectorCall(collector, options.CollectTimeout, _time), new ReportComposer(options, contract, hash),
            _directory, _time));
        var (server, transport, handler) = (options.Server!, options.Transport, options.HttpHandlerFactory);
        Func<TelemetryChannel> connect = () => TelemetryChannel.For(server, transport, handler?.Invoke());
        _courier = new ReportCourier(_installation, _directory, _preparer, connect, options.Timeout, _time, _log);
        _collected = new CollectedData(_installation, _courier, connect, _time, _log);
        _timer = new RepeatingTimer(TickAsync, _time);
    }

    private TelemetryClient(
        string stateDirectory, AppProfile profile, ReportContract contract, string? subscriptionKey,
        Func<string, string?> variable, TimeProvider time)
    {
        _contract = contract;
        _time = time;
        _log = new TelemetryLog(NullLogger.Instance);
        var directory = _directory = new StateDirectory(stateDirectory, time, contract.Version);
        _installation = new Installation(directory, profile, contract, commandLine: null, variable, time);
        _preparer = new ReportPreparer(
            _installation, new PendingReports(directory, contract, profile.Consent, subscriptionKey));
        Func<TelemetryChannel> connect = () => TelemetryChannel.For(profile.Server, profile.Transport);
        _courier = new ReportCourier(_installation, directory, _preparer, connect, ReportingClient.DefaultTimeout, time, _log);
        _collected = new CollectedData(_installation, _courier, connect, time, _log);
    }

    /// <summary>Told the result of each scheduled attempt, on a timer's thread. What a handler throws is logged.</summary>
    public event EventHandler<SendResult>? Reported;

    /// <summary>
    /// Every field that a report of this app can carry, without values, in the order of the contract. Collects nothing.
    /// </summary>
    public virtual IReadOnlyList<ReportField> Fields => _contract.Describe(new Contracts.V1.Report());

    /// <summary>Makes the client of a running app. Touches neither disk nor network.</summary>
    /// <typeparam name="TUsage">The app's usage message, generated from its contract, with the option (telemetry.v1.app).</typeparam>
    /// <param name="options">The app's version, its server and what else there is to say.</param>
    /// <param name="collector">The app's own figures.</param>
    /// <param name="logger">Where the host reads what becomes of its reports; null: nowhere.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <exception cref="ArgumentException">
    /// The options or the contract are wrong; the message names each mistake and its rule.
    /// </exception>
    public static TelemetryClient Create<TUsage>(
        TelemetryOptions options, IUsageCollector<TUsage> collector, ILogger<TelemetryClient>? logger = null,
        TimeProvider? time = null)
        where TUsage : class, IMessage<TUsage>, new()
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(collector);
        var usage = new TUsage().Descriptor;
        TelemetryOptionsValidator.ThrowIfWrong(options, usage);
        return new TelemetryClient(options, new ReportContract(usage), CollectedUsage.By(collector), logger, time);
    }

    /// <summary>
    /// Opens the installation of another app by its state directory, to look and to switch: for tools. Previews and
    /// sends what the app collected last; has no schedule of its own, so <see cref="Start"/> does nothing.
    /// </summary>
    /// <param name="stateDirectory">The app's state directory.</param>
    /// <param name="subscriptionKey">The installation's subscription key, which is not kept on disk; null: none.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <returns>The client; null when no app has started with that directory yet.</returns>
    public static TelemetryClient? Open(string stateDirectory, string? subscriptionKey = null, TimeProvider? time = null) =>
        Open(stateDirectory, subscriptionKey, System.Environment.GetEnvironmentVariable, time ?? TimeProvider.System);

    internal static TelemetryClient? Open(
        string stateDirectory, string? subscriptionKey, Func<string, string?> variable, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(stateDirectory);
        return new StateDirectory(stateDirectory, time).ReadProfile() is { } profile && profile.ReadContract() is { } contract
            ? new TelemetryClient(stateDirectory, profile, contract, subscriptionKey, variable, time)
            : null;
    }

    /// <summary>
    /// Begins to report on schedule; returns at once. Does nothing at all when the environment or the command line
    /// switched reports off, which cannot change while the process runs.
    /// </summary>
    public virtual void Start()
    {
        if (_timer is null || Interlocked.Exchange(ref _started, 1) == 1)
        {
            return;
        }

        var consent = _installation.Read().Consent;
        if (consent is
            {
                Mode: ReportingMode.Off, Source: ConsentSource.Environment or ConsentSource.CommandLine,
            })
        {
            Tell(consent);
            return;
        }

        _watch = new StateWatch(_directory, OnStateWritten, _time);
        _timer.Start();
    }

    /// <summary>How reporting stands. Reads the state file; asks nobody.</summary>
    public virtual TelemetryStatus GetStatus()
    {
        var (state, consent) = _installation.Read();
        var inForce = ConsentRules.SchemaInForce(state, _installation.Profile.Consent, _contract.Version);
        return new TelemetryStatus
        {
            App = _installation.Profile.App,
            DisplayName = _contract.DisplayName,
            AppVersion = _installation.Profile.AppVersion,
            Server = _installation.Profile.Server,
            Consent = consent,
            Choice = state.Mode,
            FieldListVersion = _contract.Version,
            AcceptedFieldListVersion = inForce,
            WithheldFields = [.. _contract.Fields.Where(field => field.SinceVersion > inForce).Select(field => field.Path)],
            NextAttemptAt = consent.Mode == ReportingMode.On ? _installation.Schedule(state).Next : null,
            LastAttemptAt = state.LastAttemptAt,
            LastSuccessAt = state.LastSuccessAt,
            LastOutcome = state.LastOutcome?.Kind,
            LastMessage = state.LastOutcome?.Message ?? "",
            LastDeletion = state.LastDeletion,
            Problem = consent.Source == ConsentSource.UnusableState ? consent.Explanation : Volatile.Read(ref _problem),
            StateDirectory = _directory.Path,
        };
    }

    /// <summary>The administrator's switch. On or local also agrees to the list of fields of this version.</summary>
    /// <remarks>
    /// Off ends an attempt under way, also one of another process, within a second, and forgets what was collected; a
    /// started client of another process sees a choice within a second.
    /// </remarks>
    /// <param name="mode">The choice.</param>
    /// <param name="cancellationToken">Ends the wait for another process that writes.</param>
    /// <returns>What holds now; environment and command line may still restrict it.</returns>
    /// <exception cref="StateNotWrittenException">The choice cannot be written down; the old one holds.</exception>
    public virtual async Task<ConsentDecision> SetModeAsync(ReportingMode mode, CancellationToken cancellationToken = default)
    {
        if (!Enum.IsDefined(mode))
        {
            throw new ArgumentOutOfRangeException(nameof(mode));
        }

        await _installation.ChooseAsync(mode, cancellationToken).ConfigureAwait(false);
        return _installation.Read().Consent;
    }

    /// <summary>What would be sent now, whether or not it may be sent. Sends nothing.</summary>
    /// <param name="cancellationToken">Ends the collecting.</param>
    /// <exception cref="ReportNotPreparedException">There is nothing to show; the message says why.</exception>
    public virtual async Task<ReportPreview> PreviewAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            // What the next report's id is made of must be written down, or what is sent later would have another one.
            await _installation.SettleAsync(cancellationToken).ConfigureAwait(false);
            return new ReportPreview(await _preparer.PreviewAsync(cancellationToken).ConfigureAwait(false), _contract);
        }
        catch (StateNotWrittenException e)
        {
            throw new ReportNotPreparedException(e.Message, e);
        }
    }

    /// <summary>
    /// Sends a report because somebody asked. Refused unless reports are on; switches nothing on. Who asks while such a
    /// report is on its way gets its result.
    /// </summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Exactly what happened.</returns>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public virtual Task<SendResult> SendNowAsync(CancellationToken cancellationToken = default) =>
        _courier.SendNowAsync(cancellationToken);

    /// <summary>
    /// Asks the server for everything that it keeps of this installation of the app: its state and its reports. Proves with a
    /// secret, which was sent with every report, that it is this installation. Works whether reports are on or off.
    /// </summary>
    /// <param name="cancellationToken">Ends the asking, which takes a minute at most.</param>
    /// <returns>Exactly what came of it.</returns>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public virtual Task<CollectedResult> ShowCollectedAsync(CancellationToken cancellationToken = default) =>
        _collected.ShowAsync(cancellationToken);

    /// <summary>
    /// Has the server delete everything that it keeps of this installation of the app, for good. Switches nothing off: the next
    /// report begins anew, as that of an installation that nobody knew. Works whether reports are on or off.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting, which takes a minute at most; it may be deleted all the same.</param>
    /// <returns>Exactly what came of it.</returns>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public virtual Task<CollectedResult> DeleteCollectedAsync(CancellationToken cancellationToken = default) =>
        _collected.DeleteAsync(cancellationToken);

    /// <summary>The attempts so far, the latest first, at most 100.</summary>
    public virtual IReadOnlyList<LedgerEntry> GetHistory() => _directory.ReadLedger();

    /// <summary>Stops reporting. Ends an attempt under way, and waits for its end no longer than 50 ms.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisposeAsyncCore().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>As <see cref="DisposeAsync"/>, without any wait.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops reporting, and waits a little.</summary>
    protected virtual async ValueTask DisposeAsyncCore()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0 && _timer is not null)
        {
            _watch?.Dispose();
            await Task.WhenAny(_timer.DisposeAsync().AsTask(), Task.Delay(ShutdownPatience, _time)).ConfigureAwait(false);
        }
    }

    /// <summary>Stops reporting.</summary>
    /// <param name="disposing">Whether it was asked for.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0 && disposing)
        {
            _watch?.Dispose();
            _ = _timer?.DisposeAsync().AsTask();
        }
    }

    /// <summary>Tells the handlers of <see cref="Reported"/>.</summary>
    /// <param name="result">The result of a scheduled attempt.</param>
    protected virtual void OnReported(SendResult result) => Reported?.Invoke(this, result);

    /// <summary>Somebody wrote the state: a choice takes effect at once, and a report is there for tools again after an off.</summary>
    private void OnStateWritten()
    {
        try
        {
            var mode = _installation.Read().Consent.Mode;
            if (mode != _told?.Mode || (mode != ReportingMode.Off && _directory.ReadPending() is null))
            {
                _kept = false;
                _timer!.Hurry();
            }
        }
        catch (Exception e)
        {
            // On a timer's thread, where it would end the host.
            _log.Unforeseen(e);
        }
    }

    /// <summary>Looks whether it is time, and at what time to look again. Throws nothing but cancellation.</summary>
    private async Task<TimeSpan> TickAsync(CancellationToken cancellationToken)
    {
        try
        {
            var pause = await LookAsync(cancellationToken).ConfigureAwait(false);
            Tell(_installation.Read().Consent);
            return pause;
        }
        catch (StateNotWrittenException)
        {
            // Told by status and log; tried again soon.
            Tell(_installation.Read().Consent);
            return LongestNap;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it was, tomorrow's report must not depend on it.
            _log.Unforeseen(e);
            return LongestNap;
        }
    }

    private async Task<TimeSpan> LookAsync(CancellationToken cancellationToken)
    {
        if (_directory.WriteProblem is not null)
        {
            _settled = false;
        }
        else if (_installation.Read().Consent.Mode == ReportingMode.Off)
        {
            // Off forgets what was collected, so that a later on collects anew.
            _kept = false;
            return LongestNap;
        }

        if (!_settled)
        {
            if (await _installation.SettleAsync(cancellationToken).ConfigureAwait(false))
            {
                _log.Began(_installation.Profile, _installation.Read().Consent, _directory.Path);
            }

            _settled = true;
        }

        await ReportWhenDueAsync(cancellationToken).ConfigureAwait(false);
        var wait = _installation.Schedule(_installation.Read().State).Next - _time.GetUtcNow();
        return wait < ShortestNap ? ShortestNap : wait < LongestNap ? wait : LongestNap;
    }

    private async Task ReportWhenDueAsync(CancellationToken cancellationToken)
    {
        if (!(await _installation.KeepScheduleAsync(cancellationToken).ConfigureAwait(false)).Due)
        {
            if (!_kept)
            {
                _kept = true;
                await KeepOneAsync(cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        if (await _courier.SendScheduledAsync(cancellationToken).ConfigureAwait(false) is { } result)
        {
            Volatile.Write(ref _problem, result is SendResult.NotPrepared ? result.Message : null);
            _log.Result(result);
            Tell(result);
        }
    }

    /// <summary>Leaves a report for tools to show, long before the first one is due.</summary>
    private async Task KeepOneAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _preparer.DraftAsync(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _problem, null);
        }
        catch (ReportNotPreparedException e)
        {
            Volatile.Write(ref _problem, e.Message);
            _log.NotPrepared(e.Message, e.InnerException);
        }
    }

    /// <summary>Says how reporting stands, when it begins and when it changes.</summary>
    private void Tell(ConsentDecision consent)
    {
        if (consent != _told)
        {
            _told = consent;
            _log.Consent(consent);
        }
    }

    private void Tell(SendResult result)
    {
        try
        {
            OnReported(result);
        }
        catch (Exception e)
        {
            // The host's own mistake must not end its reports, nor come back at it from here.
            _log.HandlerFailed(e);
        }
    }
}
