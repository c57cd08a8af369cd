namespace Telemetry.Client.Schedule;

/// <summary>When a report is due. A pure function of what is remembered and the time.</summary>
/// <remarks>
/// The time since the installation is cut into periods of 24 hours, shifted by an hour of peace at the start and the
/// installation's own jitter; each period has one attempt, at its beginning or as soon after as the machine is up.
/// Counting from the installation instead of from the last attempt is what keeps a day from ever being skipped: an
/// interval of "24 hours and a bit" would drift through the clock and lose a day every few weeks.
/// </remarks>
internal static class ReportSchedule
{
    public static readonly TimeSpan Period = TimeSpan.FromHours(24);

    /// <summary>Somebody who only tries the app out is not counted.</summary>
    public static readonly TimeSpan Peace = TimeSpan.FromHours(1);

    public static readonly TimeSpan LongestJitter = TimeSpan.FromHours(2);

    /// <summary>A little more than a server lets pass between two reports.</summary>
    public static readonly TimeSpan Spacing = TimeSpan.FromMinutes(61);

    /// <summary>After it an attempt that has not ended is over: the longest takes a minute.</summary>
    public static readonly TimeSpan LongestAttempt = TimeSpan.FromMinutes(10);

    /// <summary>No server can silence an installation for longer with one answer.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromDays(7);

    public static ScheduleDecision Decide(ScheduleState remembered, TimeSpan jitter, DateTimeOffset now)
    {
        var state = Mend(remembered, jitter, now);
        var first = state.InstalledAt + Peace + jitter;
        var period = PeriodAt(first, now);
        if (period < 0)
        {
            return Wait(first, 0);
        }

        if (state.LastPeriod is { } last && last >= period)
        {
            var next = Wait(first + (last + 1) * Period, last + 1);
            if (state.InterruptedAt + LongestAttempt is not { } over || Latest(over, state.NotBefore, null) is var again && again >= next.Next)
            {
                return next;
            }

            return new ScheduleDecision(again <= now, last, again, state);
        }

        var due = Latest(first + period * Period, state.LastAttemptAt + Spacing, state.NotBefore);
        return due <= now ? new ScheduleDecision(true, period, due, state) : Wait(due, period);

        ScheduleDecision Wait(DateTimeOffset until, long of) =>
            new(false, of, Latest(until, state.LastAttemptAt + Spacing, state.NotBefore), state);
    }

    /// <summary>
    /// A clock that was far ahead left moments that lie in the future. Believing them could silence an installation for
    /// years; a clock that is set back by less than a period is waited out.
    /// </summary>
    private static ScheduleState Mend(ScheduleState state, TimeSpan jitter, DateTimeOffset now)
    {
        if (state.InstalledAt > now + Period)
        {
            return new ScheduleState(now);
        }

        var current = PeriodAt(state.InstalledAt + Peace + jitter, now);
        return state with
        {
            LastPeriod = state.LastPeriod > current + 1 ? Math.Max(current, 0) : state.LastPeriod,
            LastAttemptAt = state.LastAttemptAt > now + Period ? null : state.LastAttemptAt,
            NotBefore = state.NotBefore > now + LongestPause ? null : state.NotBefore,
            InterruptedAt = state.InterruptedAt > now + Period ? null : state.InterruptedAt,
        };
    }

    private static long PeriodAt(DateTimeOffset first, DateTimeOffset now) =>
        (long)Math.Floor((now - first) / Period);

    private static DateTimeOffset Latest(DateTimeOffset one, DateTimeOffset? two, DateTimeOffset? three)
    {
        var latest = two > one ? two.Value : one;
        return three > latest ? three.Value : latest;
    }
}
