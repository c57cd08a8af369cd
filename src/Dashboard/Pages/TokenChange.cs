namespace Telemetry.Dashboard.Pages;

/// <summary>What became of a change to a token, in words.</summary>
public sealed record TokenChange(string? Done, string? Failed = null);
