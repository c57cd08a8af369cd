namespace Telemetry.Cli.Commands.Installation;

/// <summary>A broken rule as JSON.</summary>
internal sealed record ViolationDocument(string Field, string Description);
