namespace Telemetry.Client.AspNetCore;

/// <summary>Does what the page is for, with the host's client.</summary>
/// <remarks>
/// Whatever disk, network, server or collector do becomes a sentence. Throws: only when the caller cancels.
/// </remarks>
/// <param name="client">The host's client.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Set when the host stops, which is not kept waiting.</param>
internal sealed class SupportDesk(TelemetryClient client, TimeProvider time, CancellationToken stopping)
{
    /// <summary>How long an administrator waits for a collector before the page comes without values.</summary>
    public static readonly TimeSpan PreviewPatience = TimeSpan.FromSeconds(10);

    /// <summary>Longer than the client asks a server, and than an attempt takes that is waited for.</summary>
    public static readonly TimeSpan CollectedPatience = TimeSpan.FromSeconds(150);

    /// <summary>Longer than any attempt takes whose collector answers.</summary>
    public static readonly TimeSpan SendPatience = TimeSpan.FromSeconds(90);

    private readonly object _lock = new();
    private (string? Once, Task<SendResult>? Result) _sent;
    private (string? Once, Task<CollectedResult>? Result) _deleted;

    /// <summary>How reporting stands. While it is off, nothing is collected to show either.</summary>
    public async Task<SupportView> LookAsync(CancellationToken cancellation)
    {
        var status = client.GetStatus();
        var (preview, problem) = status.Consent.Mode == ReportingMode.Off
            ? (null, null)
            : await PreviewAsync(cancellation).ConfigureAwait(false);
        return new SupportView(status, client.Fields, preview, problem, client.GetHistory());
    }

    /// <summary>Does what a form asks for.</summary>
    /// <returns>What came of it.</returns>
    public async Task<Notice> ActAsync(SupportCommand? command)
    {
        try
        {
            return command switch
            {
                SupportCommand.Switch { Mode: ReportingMode.Off } => await ChooseAsync(ReportingMode.Off).ConfigureAwait(false),
                SupportCommand.Switch asked when IsCurrent(asked.List) => await ChooseAsync(asked.Mode).ConfigureAwait(false),
                SupportCommand.Agree asked when IsCurrent(asked.List) => await AgreeAsync().ConfigureAwait(false),
                SupportCommand.Switch or SupportCommand.Agree => Notice.ListChanged,
                SupportCommand.DeleteCollected { IsConfirmed: false } => Notice.NotConfirmed,
                SupportCommand.DeleteCollected asked => await DeleteAsync(asked).ConfigureAwait(false),
                SupportCommand.Send asked => SendNotice.Of(
                    await SendOnce(asked.Once).WaitAsync(SendPatience, time, stopping).ConfigureAwait(false)),
                _ => Notice.UnknownForm,
            };
        }
        catch (StateNotWrittenException e)
        {
            return Notice.NotSaved(e.Message);
        }
        catch (TimeoutException)
        {
            return command is SupportCommand.Send ? Notice.StillSending : Notice.StillAsking;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return Notice.Stopping;
        }
    }

    /// <summary>What the server collected; or why it cannot be shown.</summary>
    public async Task<(CollectedResult.Shown? Shown, Notice? Problem)> ShowCollectedAsync(CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping);
        try
        {
            var result = await client.ShowCollectedAsync(either.Token).WaitAsync(CollectedPatience, time, either.Token).ConfigureAwait(false);
            return result is CollectedResult.Shown shown ? (shown, null) : (null, CollectedNotice.Of(result));
        }
        catch (TimeoutException)
        {
            return (null, Notice.StillAsking);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return (null, Notice.Stopping);
        }
    }

    private async Task<Notice> DeleteAsync(SupportCommand.DeleteCollected asked)
    {
        if (asked.SwitchesOff)
        {
            await client.SetModeAsync(ReportingMode.Off, stopping).ConfigureAwait(false);
        }

        return CollectedNotice.Of(await DeleteOnce(asked.Once).WaitAsync(CollectedPatience, time, stopping).ConfigureAwait(false));
    }

    /// <inheritdoc cref="SendOnce"/>
    private Task<CollectedResult> DeleteOnce(string once)
    {
        lock (_lock)
        {
            if (once.Length == 0 || once != _deleted.Once)
            {
                _deleted = (once, client.DeleteCollectedAsync(stopping));
            }

            return _deleted.Result!;
        }
    }

    /// <summary>A second press of the same button, however late its request comes, gets the first one's result.</summary>
    private Task<SendResult> SendOnce(string once)
    {
        lock (_lock)
        {
            if (once.Length == 0 || once != _sent.Once)
            {
                _sent = (once, client.SendNowAsync(stopping));
            }

            return _sent.Result!;
        }
    }

    private bool IsCurrent(uint list) => list == client.GetStatus().FieldListVersion;

    private async Task<Notice> ChooseAsync(ReportingMode mode) =>
        Notice.Saved(mode, await client.SetModeAsync(mode, stopping).ConfigureAwait(false));

    private async Task<Notice> AgreeAsync()
    {
        var status = client.GetStatus();
        var mode = status.Choice ?? status.Consent.Mode;
        if (mode == ReportingMode.Off)
        {
            return Notice.NothingToAgreeTo;
        }

        await client.SetModeAsync(mode, stopping).ConfigureAwait(false);
        return Notice.Agreed;
    }

    private async Task<(ReportPreview? Preview, string? Problem)> PreviewAsync(CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(PreviewPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation, stopping);
        try
        {
            return (await client.PreviewAsync(either.Token).WaitAsync(either.Token).ConfigureAwait(false), null);
        }
        catch (ReportNotPreparedException e)
        {
            return (null, e.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, stopping.IsCancellationRequested
                ? "The app is being stopped."
                : $"The app did not count its usage within {PreviewPatience.TotalSeconds:0} seconds.");
        }
    }
}
