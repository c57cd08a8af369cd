using Telemetry.Client.Consent;
using Telemetry.Client.Contract;
using Telemetry.Client.Schedule;
using Telemetry.Client.Send;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.State;

/// <summary>One installation: its choice, its schedule and its memory, shared by all its processes.</summary>
internal sealed class Installation(
    StateDirectory directory, AppProfile profile, ReportContract contract, ReportingMode? commandLine,
    Func<string, string?> variable, TimeProvider time)
{
    public AppProfile Profile => profile;

    public ReportContract Contract => contract;

    /// <summary>What holds now. Nothing is sent from a directory that could not be written to when it was last tried.</summary>
    public (InstallationState State, ConsentDecision Consent) Read()
    {
        var reading = directory.Read();
        return (reading.State, Decide(reading with { Problem = reading.Problem ?? directory.WriteProblem }));
    }

    /// <summary>Makes sure that the moment of installation is written down, and who lives here.</summary>
    /// <returns>Whether nobody lived here before.</returns>
    /// <exception cref="StateNotWrittenException">It cannot be.</exception>
    public async Task<bool> SettleAsync(CancellationToken cancellationToken)
    {
        var isNew = !directory.HasState;
        await directory.WriteProfileAsync(profile, cancellationToken).ConfigureAwait(false);
        await directory.UpdateAsync(reading => reading.State, cancellationToken).ConfigureAwait(false);
        return isNew;
    }

    /// <summary>Notes the administrator's choice, and with on or local the agreement to the current list of fields.</summary>
    /// <exception cref="StateNotWrittenException">It cannot be; the old choice holds.</exception>
    public async Task ChooseAsync(ReportingMode mode, CancellationToken cancellationToken)
    {
        await directory.UpdateAsync(reading => reading.State with
        {
            Mode = mode,
            DecidedAt = time.GetUtcNow(),
            // What was collected is forgotten, also what is on its way.
            Open = mode == ReportingMode.Off ? null : reading.State.Open,
            AcceptedSchema = mode == ReportingMode.Off ? reading.State.AcceptedSchema : contract.Version,
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
    /// <returns>Whether it is taken, or none is due here any more; and what holds.</returns>
    /// <exception cref="StateNotWrittenException">It cannot be written down, so it is not taken.</exception>
    public Task<(bool Taken, ConsentDecision Consent)> TakeScheduledAsync(CancellationToken cancellationToken) =>
        TakeAsync(ReportingMode.Local, (state, decision) => decision.Due
            ? state with
            {
                LastPeriod = decision.Period,
                LastAttemptAt = time.GetUtcNow(),
                // Taken up again here; until it is sealed again, it is not interrupted once more.
                Open = state.Open is { } open ? open with { Ended = true } : null,
            }
            : null, cancellationToken);

    /// <summary>Takes an attempt by hand, which leaves the schedule alone, but keeps the distance to it.</summary>
    /// <exception cref="StateNotWrittenException">It cannot be written down, so it is not taken.</exception>
    public Task<(bool Taken, ConsentDecision Consent)> TakeManualAsync(CancellationToken cancellationToken) =>
        TakeAsync(ReportingMode.On, (state, _) => state with { LastAttemptAt = time.GetUtcNow() }, cancellationToken);

    /// <summary>The report to send: the one that the server has not answered for, or else the draft.</summary>
    public OutgoingReport Choose(InstallationState state, Report draft) =>
        state.Open is { } open && open.IsFresh(time.GetUtcNow()) && open.Reopen(draft.Subscription?.Key) is { } again
            ? again
            : new OutgoingReport(draft);

    /// <summary>Keeps the report that is to be sent, so that it can only ever be repeated as it is.</summary>
    /// <returns>The report, or null when reports are no longer on; and what holds.</returns>
    /// <exception cref="StateNotWrittenException">It cannot be kept, so it must not be sent.</exception>
    public async Task<(OutgoingReport? Report, ConsentDecision Consent)> SealAsync(
        Report draft, CancellationToken cancellationToken)
    {
        OutgoingReport? chosen = null;
        ConsentDecision? consent = null;
        await directory.UpdateAsync(reading =>
        {
            consent = Decide(reading);
            if (consent.Mode != ReportingMode.On)
            {
                return reading.State;
            }

            var report = Choose(reading.State, draft);
            var ownership = (reading.State.Ownership ?? Ownership.New(report.Report.InstanceHash)) with { InstanceHash = report.Report.InstanceHash };
            chosen = report.With(ownership.Secret);
            return reading.State with
            {
                Ownership = ownership,
                Open = reading.State.Open is { } open && open.ReportId == chosen.Report.ReportId
                    ? open with { Ended = false }
                    : OpenReport.Of(chosen, time.GetUtcNow()),
            };
        }, cancellationToken).ConfigureAwait(false);
        return (chosen, consent!);
    }

    /// <summary>
    /// After everything was deleted: the next report begins another row under another proof. What is not answered for is not sent again,
    /// because it was deleted with the rest if it arrived.
    /// </summary>
    /// <param name="deleted">Whose reports were deleted.</param>
    /// <param name="receipt">What the server gave for it.</param>
    /// <param name="cancellationToken">Ends the wait for another process.</param>
    /// <exception cref="StateNotWrittenException">It cannot be written down; then the next report goes on under the same proof.</exception>
    public Task BeginAnewAsync(Ownership deleted, DeletionReceipt receipt, CancellationToken cancellationToken) =>
        directory.UpdateAsync(
            reading => reading.Problem is null && deleted.HasSecretOf(reading.State.Ownership)
                ? reading.State with { Ownership = null, Open = null, ReportSeed = InstallationState.NewSeed(), LastDeletion = receipt }
                : reading.State, cancellationToken);

    /// <summary>Writes down how an attempt ended.</summary>
    /// <param name="reportId">The report that was sent; null: none.</param>
    /// <param name="result">How it ended.</param>
    /// <param name="cancellationToken">Ends the wait for another process.</param>
    /// <exception cref="StateNotWrittenException">It cannot be.</exception>
    public Task NoteAsync(string? reportId, SendResult result, CancellationToken cancellationToken) =>
        directory.UpdateAsync(
            // What cannot be read is left for a person to mend.
            reading => reading.Problem is null ? Noted(reading.State, reportId, result) : reading.State, cancellationToken);

    private async Task<(bool, ConsentDecision)> TakeAsync(
        ReportingMode least, Func<InstallationState, ScheduleDecision, InstallationState?> take,
        CancellationToken cancellationToken)
    {
        var taken = false;
        ConsentDecision? consent = null;
        await directory.UpdateAsync(reading =>
        {
            consent = Decide(reading);
            if (consent.Mode < least)
            {
                return reading.State;
            }

            var decision = Schedule(reading.State);
            var after = take(Mended(reading.State, decision.State), decision);
            taken = after is not null;
            return after ?? reading.State;
        }, cancellationToken).ConfigureAwait(false);
        return (taken, consent!);
    }

    private InstallationState Noted(InstallationState before, string? reportId, SendResult result)
    {
        var now = time.GetUtcNow();
        var state = before with { LastOutcome = new AttemptOutcome(now, result.Kind, result.Message) };
        if (before.Open is { } open && open.ReportId == reportId)
        {
            state = IsAnswer(result)
                ? state with { Open = null, ReportSeed = InstallationState.NewSeed() }
                : state with { Open = open with { Ended = true } };
        }

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

    /// <summary>Whether the server decided about the report. After anything else it may have it, or may yet take it.</summary>
    private static bool IsAnswer(SendResult result) =>
        result is SendResult.Sent or SendResult.DigestMismatch or SendResult.TooSoon or SendResult.Rejected;

    private ConsentDecision Decide(StateReading reading) => ConsentRules.Decide(
        OptOutVariables.Find(profile.App, variable), commandLine, profile.Development, reading, profile.Consent);

    private static ScheduleState Remembered(InstallationState state) => new(
        state.InstalledAt, state.LastPeriod, state.LastAttemptAt, state.NotBefore,
        state.Open is { Ended: false } ? state.LastAttemptAt : null);

    private static InstallationState Mended(InstallationState state, ScheduleState mended) => state with
    {
        InstalledAt = mended.InstalledAt,
        LastPeriod = mended.LastPeriod,
        LastAttemptAt = mended.LastAttemptAt,
        NotBefore = mended.NotBefore,
    };
}
