namespace Telemetry.Client.State;

/// <summary>What the state file says, or why it cannot be read.</summary>
/// <param name="State">The state; a new installation's when the file is missing or cannot be read.</param>
/// <param name="Problem">Why it cannot be read, and what to do; null when it can, or when there is none yet.</param>
internal readonly record struct StateReading(InstallationState State, string? Problem);
