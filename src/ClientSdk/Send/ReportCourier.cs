using Telemetry.Client.Collect;
using Telemetry.Client.State;

namespace Telemetry.Client.Send;

/// <summary>Carries one report from consent to receipt.</summary>
/// <remarks>
/// Responsible for: the order of things. The attempt is taken in the state before anything is collected, and the report
/// is kept there before anything is sent, so that a crash never makes two reports of one: what the server did not answer
/// for goes out again byte for byte. One attempt at a time in a process. Never throws for what a collector, a disk, a
/// network or a server can do.
/// </remarks>
internal sealed class ReportCourier : IDisposable
{
    /// <summary>How often an attempt under way looks whether somebody switched it off, in this process or another.</summary>
    private static readonly TimeSpan ConsentInterval = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Installation _installation;
    private readonly StateDirectory _directory;
    private readonly ReportPreparer _preparer;
    private readonly Func<TelemetryChannel> _connect;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly TelemetryLog _log;
    private readonly SharedAttempt _manual;

    public ReportCourier(
        Installation installation, StateDirectory directory, ReportPreparer preparer, Func<TelemetryChannel> connect,
        TimeSpan timeout, TimeProvider time, TelemetryLog log)
    {
        _installation = installation;
        _directory = directory;
        _preparer = preparer;
        _connect = connect;
        _timeout = timeout;
        _time = time;
        _log = log;
        _manual = new SharedAttempt(token => AttemptAsync(_installation.TakeManualAsync, token));
    }

    /// <summary>Sends because somebody asked; who asks while such an attempt runs gets its result.</summary>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public Task<SendResult> SendNowAsync(CancellationToken cancellationToken) => _manual.JoinAsync(cancellationToken);

    /// <summary>Sends, or in local mode only collects, because it is time.</summary>
    /// <returns>Null when there was nothing to send: local mode, switched off, or another process was first.</returns>
    /// <exception cref="OperationCanceledException">The host stops.</exception>
    public async Task<SendResult?> SendScheduledAsync(CancellationToken cancellationToken)
    {
        var result = await AttemptAsync(_installation.TakeScheduledAsync, cancellationToken).ConfigureAwait(false);
        return result is SendResult.Disabled ? null : result;
    }

    /// <summary>Does something while no attempt of this process is under way.</summary>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public async Task<T> BetweenAttemptsAsync<T>(Func<Task<T>> action, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await action().ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<SendResult> AttemptAsync(
        Func<CancellationToken, Task<(bool Taken, ConsentDecision Consent)>> take, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var (taken, consent) = await take(cancellationToken).ConfigureAwait(false);
            if (!taken)
            {
                // By hand it is switched off; on schedule nothing may be due, which nobody is told.
                return new SendResult.Disabled(consent);
            }

            var draft = await _preparer.DraftAsync(cancellationToken).ConfigureAwait(false);
            (var report, consent) = await _installation.SealAsync(draft, cancellationToken).ConfigureAwait(false);
            if (report is null)
            {
                return new SendResult.Disabled(consent);
            }

            var result = await SendWatchedAsync(report, cancellationToken).ConfigureAwait(false);
            await RecordAsync(report, result).ConfigureAwait(false);
            return result;
        }
        catch (ReportNotPreparedException e)
        {
            _log.NotPrepared(e.Message, e.InnerException);
            var result = new SendResult.NotPrepared(e.Message);
            await RecordAsync(null, result).ConfigureAwait(false);
            return result;
        }
        catch (StateNotWrittenException e)
        {
            // Without a memory nobody could tell later that this report was sent, or that reports were switched off.
            return new SendResult.NotPrepared(e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Our own mistake must not become the host's.
            _log.Unforeseen(e);
            return new SendResult.NotPrepared($"The report could not be sent ({e.GetType().Name}). The app's log says more.");
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<SendResult> SendWatchedAsync(OutgoingReport report, CancellationToken cancellationToken)
    {
        using var withdrawn = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var over = new CancellationTokenSource();
        var watch = WatchConsentAsync(withdrawn, over.Token);
        try
        {
            // A connection of its own, so that none stays open between two reports.
            using var channel = _connect();
            return await ReportSender.SendAsync(channel, report, _timeout, _time, withdrawn.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var consent = _installation.Read().Consent;
            return report.Left ? SendFailures.Withdrawn(consent) : new SendResult.Disabled(consent);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(false);
        }
    }

    private async Task WatchConsentAsync(CancellationTokenSource withdrawn, CancellationToken over)
    {
        try
        {
            while (_installation.Read().Consent.Mode == ReportingMode.On)
            {
                await Task.Delay(ConsentInterval, _time, over).ConfigureAwait(false);
            }

            await withdrawn.CancelAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The attempt ended first.
        }
    }

    /// <summary>The result stands, whether or not it can be written down; the attempt was written before.</summary>
    private async Task RecordAsync(OutgoingReport? report, SendResult result)
    {
        try
        {
            await _installation.NoteAsync(report?.Report.ReportId, result, CancellationToken.None).ConfigureAwait(false);
            if (report is not null)
            {
                await _directory.AppendToLedgerAsync(
                    new LedgerEntry
                    {
                        At = _time.GetUtcNow(),
                        ReportId = report.Report.ReportId,
                        Outcome = result.Kind,
                        Message = result.Message,
                        Digest = report.Digest,
                        Report = _installation.Contract.JsonOf(report.Report),
                        Receipt = (result as SendResult.Sent)?.Receipt ?? (result as SendResult.DigestMismatch)?.Receipt,
                    },
                    CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (StateNotWrittenException)
        {
            // The next attempt will say so.
        }
    }
}
