using Telemetry.Client.Collect;
using Telemetry.Client.State;

namespace Telemetry.Client.Send;

/// <summary>Carries one report from consent to receipt.</summary>
/// <remarks>
/// Responsible for: the order of things. The attempt is taken in the state before anything is collected, so that a
/// crash costs a day and never makes two reports of one. One attempt at a time in a process. Never throws for what a
/// collector, a disk, a network or a server can do.
/// </remarks>
internal sealed class ReportCourier(
    Installation installation, StateDirectory directory, ReportPreparer preparer, TimeSpan timeout, TimeProvider time)
    : IDisposable
{
    /// <summary>How often an attempt under way looks whether somebody switched it off, in this process or another.</summary>
    private static readonly TimeSpan ConsentInterval = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Sends because somebody asked.</summary>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public async Task<SendResult> SendNowAsync(CancellationToken cancellationToken) =>
        (await AttemptAsync(installation.TakeManualAsync, cancellationToken).ConfigureAwait(false))!;

    /// <summary>Sends, or in local mode only collects, because it is time.</summary>
    /// <returns>Null when there was nothing to send: local mode, switched off, or another process was first.</returns>
    /// <exception cref="OperationCanceledException">The host stops.</exception>
    public async Task<SendResult?> SendScheduledAsync(CancellationToken cancellationToken)
    {
        var result = await AttemptAsync(installation.TakeScheduledAsync, cancellationToken).ConfigureAwait(false);
        return result is SendResult.Disabled ? null : result;
    }

    public void Dispose() => _one.Dispose();

    private async Task<SendResult?> AttemptAsync(
        Func<CancellationToken, Task<(InstallationState? State, ConsentDecision Consent)>> take,
        CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var (state, consent) = await take(cancellationToken).ConfigureAwait(false);
            if (state is null)
            {
                return consent.Mode == ReportingMode.On ? null : new SendResult.Disabled(consent);
            }

            (var prepared, consent) = await preparer.PrepareAsync(cancellationToken).ConfigureAwait(false);
            if (consent.Mode != ReportingMode.On)
            {
                return new SendResult.Disabled(consent);
            }

            var report = new OutgoingReport(prepared);
            var result = await SendWatchedAsync(report, cancellationToken).ConfigureAwait(false);
            await RecordAsync(report, result).ConfigureAwait(false);
            return result;
        }
        catch (ReportNotPreparedException e)
        {
            var result = new SendResult.NotPrepared(e.Message);
            await RecordAsync(null, result).ConfigureAwait(false);
            return result;
        }
        catch (StateNotWrittenException e)
        {
            // Without a memory nobody could tell later that this report was sent, or that reports were switched off.
            return new SendResult.NotPrepared(e.Message);
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
            using var channel = TelemetryChannel.For(installation.Profile.Server, installation.Profile.Transport);
            return await ReportSender.SendAsync(channel, report, timeout, time, withdrawn.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SendResult.Disabled(installation.Read().Consent);
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
            while (installation.Read().Consent.Mode == ReportingMode.On)
            {
                await Task.Delay(ConsentInterval, time, over).ConfigureAwait(false);
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
            await installation.NoteAsync(result, CancellationToken.None).ConfigureAwait(false);
            if (report is not null)
            {
                await directory.AppendToLedgerAsync(
                    new LedgerEntry(
                        time.GetUtcNow(), report.Report.ReportId, result.Kind, result.Message, report.Digest,
                        ReportJson.Of(report.Report), (result as SendResult.Sent)?.Receipt),
                    CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (StateNotWrittenException)
        {
            // The next attempt will say so.
        }
    }
}
