namespace Telemetry.Client.State;

/// <summary>How the latest attempt ended.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">Kind of the result.</param>
/// <param name="Message">The result in words.</param>
internal sealed record AttemptOutcome(DateTimeOffset At, SendResultKind Kind, string Message);
