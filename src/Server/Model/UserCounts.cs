namespace Telemetry.Server.Model;

/// <summary>Numbers of accounts; null means not counted.</summary>
internal readonly record struct UserCounts(uint? Total, uint? Active30Days, uint? Disabled, uint? Enabled);
