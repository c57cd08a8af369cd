namespace Telemetry.Cli.Commands.Installation;

/// <summary>One check as JSON.</summary>
internal sealed record CheckDocument(string Name, string Level, string Message);
