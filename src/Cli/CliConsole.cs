using System.Text;
using Telemetry.Client;

namespace Telemetry.Cli;

/// <summary>
/// Where a command reads and writes, results to <paramref name="Out"/>, diagnostics to <paramref name="Error"/>; and what
/// it finds around it, which tests replace.
/// </summary>
internal sealed record CliConsole(TextReader In, TextWriter Out, TextWriter Error)
{
    /// <summary>Whatever the locale says, JSON is UTF-8, and what is not UTF-8 is refused instead of changed.</summary>
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Cancels when nobody reads <see cref="Out"/> any more.</summary>
    public CancellationToken OutputClosed { get; init; }

    /// <summary>The environment variables of this process.</summary>
    public Func<string, string?> Variable { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Where apps keep their state unless they say otherwise, each in a directory of its name.</summary>
    public string AppsDirectory { get; init; } = InstallationDirectories.Root;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where an app keeps its state unless it says otherwise.</summary>
    public string DefaultDirectory(string app) => Path.Combine(AppsDirectory, app);

    /// <summary>The standard streams.</summary>
    public static CliConsole OfThisProcess()
    {
        var output = new StandardStream(1, Console.OpenStandardOutput(), optional: false);
        var error = new StandardStream(2, Console.OpenStandardError(), optional: true);
        return new CliConsole(new StreamReader(Console.OpenStandardInput(), Utf8), WriterOf(output), WriterOf(error))
        {
            OutputClosed = output.WhenClosed(),
        };
    }

    private static StreamWriter WriterOf(Stream stream) => new(stream, new UTF8Encoding(false)) { AutoFlush = true };
}
