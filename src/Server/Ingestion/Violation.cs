namespace Telemetry.Server.Ingestion;

/// <summary>A rule that a field breaks.</summary>
/// <param name="Field">The field's path in the Report message, e.g. "environment.php_version".</param>
/// <param name="Description">The rule and what to do. Never repeats the value: it may be anything.</param>
internal sealed record Violation(string Field, string Description);
