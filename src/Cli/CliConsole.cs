using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli;

/// <summary>
/// Where a command reads and writes, results to <paramref name="Out"/>, diagnostics to <paramref name="Error"/>; and what
/// it finds around it, which tests replace.
/// </summary>
internal sealed record CliConsole(TextReader In, TextWriter Out, TextWriter Error)
{
    /// <summary>The environment variables of this process.</summary>
    public Func<string, string?> Variable { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Where an app keeps its state unless it says otherwise.</summary>
    public Func<App, string> DefaultDirectory { get; init; } = InstallationDirectories.DefaultFor;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
