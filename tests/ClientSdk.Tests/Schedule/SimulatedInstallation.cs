using Telemetry.Client.Schedule;

namespace Telemetry.ClientSdk.Tests.Schedule;

/// <summary>An installation whose clock and fate a test decides; its schedule is the real one.</summary>
internal sealed class SimulatedInstallation(DateTimeOffset installedAt, TimeSpan jitter)
{
    private ScheduleState _state = new(installedAt);

    /// <summary>Every scheduled attempt: when, by the installation's clock, and for which period.</summary>
    public List<(DateTimeOffset At, long Period)> Attempts { get; } = [];

    public DateTimeOffset First => installedAt + ReportSchedule.Peace + jitter;

    /// <summary>The process runs and looks at its clock; what it remembers was read from disk, as after a restart.</summary>
    /// <returns>When it wants to look again.</returns>
    public DateTimeOffset Look(DateTimeOffset now)
    {
        var decision = ReportSchedule.Decide(_state, jitter, now);
        _state = decision.State;
        if (!decision.Due)
        {
            return decision.Next;
        }

        Attempts.Add((now, decision.Period));
        _state = _state with { LastPeriod = decision.Period, LastAttemptAt = now };
        return ReportSchedule.Decide(_state, jitter, now).Next;
    }

    public void SendByHand(DateTimeOffset now) => _state = _state with { LastAttemptAt = now };

    public void ServerWantsNoneBefore(DateTimeOffset moment) => _state = _state with { NotBefore = moment };
}
