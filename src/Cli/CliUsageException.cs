namespace Telemetry.Cli;

/// <summary>The command cannot be understood; the message says what to write instead.</summary>
internal sealed class CliUsageException(string message) : Exception(message);
