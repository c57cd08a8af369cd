namespace Telemetry.Client.Schedule;

/// <summary>What the schedule must remember. All moments by this machine's clock.</summary>
/// <param name="InstalledAt">When the installation was first seen; periods are counted from here.</param>
/// <param name="LastPeriod">The latest period in which a scheduled attempt was made; null: none.</param>
/// <param name="LastAttemptAt">The latest attempt, also one by hand; null: none.</param>
/// <param name="NotBefore">Before this the server wants no report; null: whenever.</param>
/// <param name="InterruptedAt">When an attempt was taken that never came to its end, as after a kill; null: none.</param>
internal readonly record struct ScheduleState(
    DateTimeOffset InstalledAt, long? LastPeriod = null, DateTimeOffset? LastAttemptAt = null,
    DateTimeOffset? NotBefore = null, DateTimeOffset? InterruptedAt = null);
