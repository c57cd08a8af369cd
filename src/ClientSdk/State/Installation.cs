using Telemetry.Client.Collect;
using Telemetry.Client.Consent;
using Telemetry.Client.Schedule;

namespace Telemetry.Client.State;

/// <summary>One installation: its choice, its schedule and its memory, shared by all its processes.</summary>
internal sealed class Installation(
    StateDirectory directory, AppProfile profile, ReportingMode? commandLine, Func<string, string?> variable,
    TimeProvider time)
{
    public AppProfile Profile => profile;

    /// <summary>What holds now.</summary>
    public (InstallationState State, ConsentDecision Consent) Read()
    {
        var reading = directory.Read();
        return (reading.State, Decide(reading));
    }

    /// <summary>Makes sure that the moment of installation is written down, and who lives here.</summary>
    /// <exception cref="StateNotWrittenException">It cannot be.</exception>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        await directory.WriteProfileAsync(profile, cancellationToken).ConfigureAwait(false);
        await directory.UpdateAsync(reading => reading.State, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes the administrator's choice, and with on or local the agreement to the current list of fields.</summary>
    /// <exception cref="StateNotWrittenException">It cannot be; the old choice holds.</exception>
    public async Task ChooseAsync(ReportingMode mode, CancellationToken cancellationToken)
    {
        await directory.UpdateAsync(reading => reading.State with
        {
            Mode = mode,
            DecidedAt = time.GetUtcNow(),
            AcceptedSchema = mode == ReportingMode.Off ? reading.State.AcceptedSchema : FieldList.Version,
        }, cancellationToken).ConfigureAwait(false);
        if (mode == ReportingMode.Off)
        {
            await directory.DeletePendingAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What the schedule says now.</summary>
    public ScheduleDecision Schedule(InstallationState state) =>
        ReportSchedule.Decide(Remembered(state), profile.Jitter, time.GetUtcNow());

    /// <summary>What the schedule says now; what it had to mend after a change of the clock is written down.</summary>
    /// <exception cref="StateNotWrittenException">It cannot be written down.</exception>
    public async Task<ScheduleDecision> KeepScheduleAsync(CancellationToken cancellationToken)
    {
        var state = Read().State;
        var decision = Schedule(state);
        if (decision.State != Remembered(state))
        {
            await directory.UpdateAsync(
                reading => reading.Problem is null
                    ? Mended(reading.State, Schedule(reading.State).State)
                    : reading.State, cancellationToken).ConfigureAwait(false);
        }

        return decision;
    }

    /// <summary>Takes the attempt of the current period, which no other process then makes.</summary>
    /// <returns>The state to report from, or null when none is due here any more; and what holds.</returns>
    /// <exception cref="StateNotWrittenException">It cannot be written down, so it is not taken.</exception>
    public Task<(InstallationState? State, ConsentDecision Consent)> TakeScheduledAsync(CancellationToken cancellationToken) =>
        TakeAsync(ReportingMode.Local, (state, decision) => decision.Due
            ? state with { LastPeriod = decision.Period, LastAttemptAt = time.GetUtcNow() }
            : null, cancellationToken);

    /// <summary>Takes an attempt by hand, which leaves the schedule alone, but keeps the distance to it.</summary>
    /// <exception cref="StateNotWrittenException">It cannot be written down, so it is not taken.</exception>
    public Task<(InstallationState? State, ConsentDecision Consent)> TakeManualAsync(CancellationToken cancellationToken) =>
        TakeAsync(ReportingMode.On, (state, _) => state with { LastAttemptAt = time.GetUtcNow() }, cancellationToken);

    /// <summary>Writes down how an attempt ended.</summary>
    /// <exception cref="StateNotWrittenException">It cannot be.</exception>
    public Task NoteAsync(SendResult result, CancellationToken cancellationToken) =>
        directory.UpdateAsync(
            // What cannot be read is left for a person to mend.
            reading => reading.Problem is null ? Noted(reading.State, result) : reading.State, cancellationToken);

    private async Task<(InstallationState?, ConsentDecision)> TakeAsync(
        ReportingMode least, Func<InstallationState, ScheduleDecision, InstallationState?> take,
        CancellationToken cancellationToken)
    {
        InstallationState? taken = null;
        ConsentDecision? consent = null;
        await directory.UpdateAsync(reading =>
        {
            consent = Decide(reading);
            if (consent.Mode > least)
            {
                return reading.State;
            }

            var decision = Schedule(reading.State);
            taken = take(Mended(reading.State, decision.State), decision);
            return taken ?? reading.State;
        }, cancellationToken).ConfigureAwait(false);
        return (taken, consent!);
    }

    private InstallationState Noted(InstallationState before, SendResult result)
    {
        var now = time.GetUtcNow();
        var state = before with { LastOutcome = new AttemptOutcome(now, result.Kind, result.Message) };
        if (result is SendResult.Disabled or SendResult.NotPrepared)
        {
            // Nothing went out, so what was shown as the next report still is.
            return state;
        }

        state = state with { NextReportId = InstallationState.NewReportId() };
        return result switch
        {
            SendResult.Sent sent => state with
            {
                LastSuccessAt = now,
                // Both by the server's clock, which need not be ours.
                NotBefore = now + (sent.Receipt.NextReportNotBefore - sent.Receipt.AcceptedAt),
            },
            SendResult.TooSoon soon => state with { NotBefore = soon.WelcomeAt },
            SendResult.Busy busy => state with { NotBefore = busy.WelcomeAt },
            _ => state,
        };
    }

    private ConsentDecision Decide(StateReading reading) => ConsentRules.Decide(
        OptOutVariables.Find(profile.App, variable), commandLine, reading, profile.Consent);

    private static ScheduleState Remembered(InstallationState state) =>
        new(state.InstalledAt, state.LastPeriod, state.LastAttemptAt, state.NotBefore);

    private static InstallationState Mended(InstallationState state, ScheduleState mended) => state with
    {
        InstalledAt = mended.InstalledAt,
        LastPeriod = mended.LastPeriod,
        LastAttemptAt = mended.LastAttemptAt,
        NotBefore = mended.NotBefore,
    };
}
