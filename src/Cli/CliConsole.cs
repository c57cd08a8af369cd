namespace Telemetry.Cli;

/// <summary>Where a command reads and writes: results to <paramref name="Out"/>, diagnostics to <paramref name="Error"/>.</summary>
internal sealed record CliConsole(TextReader In, TextWriter Out, TextWriter Error);
