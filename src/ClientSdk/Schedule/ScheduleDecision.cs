namespace Telemetry.Client.Schedule;

/// <summary>Whether it is time.</summary>
/// <param name="Due">Whether an attempt is due now.</param>
/// <param name="Period">The period that it is for.</param>
/// <param name="Next">When the next attempt is due; now or earlier when one is.</param>
/// <param name="State">
/// The state to go on with, to be written down: the one given, unless the clock turned out to have been wrong then.
/// </param>
internal readonly record struct ScheduleDecision(bool Due, long Period, DateTimeOffset Next, ScheduleState State);
