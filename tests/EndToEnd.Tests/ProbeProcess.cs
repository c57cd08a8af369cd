using System.Diagnostics;
using Telemetry.Testing;

namespace Telemetry.EndToEnd.Tests;

/// <summary>The probe app as a process of its own, bare or under a trace of its system calls.</summary>
internal static class ProbeProcess
{
    public static Process Start(IReadOnlyDictionary<string, string> variables, params string[] arguments) =>
        Start("dotnet", variables, Command(arguments)[1..]);

    /// <summary>The command that runs the probe.</summary>
    public static string[] Command(params string[] arguments) => ["dotnet", Program, .. arguments];

    /// <summary>Runs the probe to its end.</summary>
    /// <returns>What it printed, and every system call on sockets that any of its threads made.</returns>
    public static async Task<(string Output, string Calls)> TraceAsync(
        IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var trace = Path.GetTempFileName();
        try
        {
            // Stops at the calls it is asked for alone: three days of looking at files are hundreds of thousands of others.
            using var process = Start(
                "strace", variables,
                ["-f", "--seccomp-bpf", "-qq", "-e", "trace=%network", "-o", trace, .. Command(arguments)]);
            var output = await Patience.For(process.StandardOutput.ReadToEndAsync(), "the probe ends");
            await Patience.For(process.WaitForExitAsync(), "the probe ends");
            Assert.True(process.ExitCode == 0, $"The probe ended with {process.ExitCode}: {output}");
            return (output, await File.ReadAllTextAsync(trace));
        }
        finally
        {
            File.Delete(trace);
        }
    }

    /// <summary>In its own output folder, where its own dependencies are.</summary>
    private static string Program => Path.Combine(
        AppContext.BaseDirectory.Replace("EndToEnd.Tests", "Probe", StringComparison.Ordinal), "Telemetry.Probe.dll");

    public static Process Start(
        string program, IReadOnlyDictionary<string, string> variables, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        // The runtime's own door for debuggers is a socket too, and not what is looked for.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment.Remove("DO_NOT_TRACK");
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
