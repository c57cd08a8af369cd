namespace Telemetry.Client.Licensing;

/// <summary>Decides what is known, from memory and a clock alone.</summary>
internal static class LicenseEvaluator
{
    public static LicenseStatus Evaluate(LicenseMemory memory, DateTimeOffset now, LicenseClientOptions options)
    {
        var state = StateOf(memory, now, options.ClockTolerance);
        var (message, nextStep) = LicenseMessages.For(state, memory);
        var licensed = state is LicenseState.Valid or LicenseState.ValidInGrace;
        return new LicenseStatus
        {
            State = state,
            Verdict = memory.Refusal?.Verdict ?? default,
            Message = message,
            NextStep = nextStep,
            Edition = licensed ? memory.Proof!.Edition : "",
            Limits = licensed ? memory.Proof!.Limits : new Dictionary<string, ulong>(),
            ExpiresAt = memory.Proof?.LicenseExpiresAt,
            ValidUntil = licensed ? memory.Proof!.Ends : null,
            LastCheckedAt = memory.LastCheckedAt,
        };
    }

    /// <summary>In this order: the server's no, the vendor's list, then whether the clock can be believed, then the clock.</summary>
    private static LicenseState StateOf(LicenseMemory memory, DateTimeOffset now, TimeSpan tolerance)
    {
        if (memory.Refusal is not null)
        {
            return LicenseState.Refused;
        }

        if (memory.Released)
        {
            return LicenseState.Released;
        }

        if (memory.Proof is not { } proof)
        {
            return memory.Failure is { Rejected: true } ? LicenseState.ProofRejected : LicenseState.NeverChecked;
        }

        if (memory.Revocations?.Revokes(proof) == true)
        {
            return LicenseState.Revoked;
        }

        if (memory.IsClockBackAt(now, tolerance))
        {
            return LicenseState.ClockSetBack;
        }

        var time = memory.TimeAt(now);
        var expired = proof.InGrace || time >= proof.LicenseExpiresAt;
        return time >= proof.Ends
            ? expired ? LicenseState.Expired : LicenseState.OfflineTooLong
            : expired ? LicenseState.ValidInGrace : LicenseState.Valid;
    }
}
