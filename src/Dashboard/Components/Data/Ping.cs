namespace Telemetry.Dashboard.Components.Data;

/// <summary>A country that reported just now.</summary>
/// <param name="Fresh">Within the last minute: it gets a second ring.</param>
public sealed record Ping(string Code, bool Fresh = false);
