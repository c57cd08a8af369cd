using System.Diagnostics;
using System.Text;

namespace Telemetry.Cli.Tests;

/// <summary>The built command as a process of its own, for what only a real process has: pipes, signals, a locale.</summary>
internal sealed class CliProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private CliProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>In its own output folder, where its own dependencies are.</summary>
    private static string Program => Path.Combine(
        AppContext.BaseDirectory.Replace(Path.Combine("tests", "Cli.Tests"), Path.Combine("src", "Cli"), StringComparison.Ordinal),
        "telemetry.dll");

    /// <summary>Standard output.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>Standard input.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <param name="redirection">Of the shell, e.g. "&gt; /dev/full"; empty: none.</param>
    /// <param name="environment">The whole environment but for the path and the runtime's own variables.</param>
    /// <param name="args">The arguments.</param>
    public static CliProcess Start(string redirection, Dictionary<string, string> environment, params string[] args)
    {
        // Whatever started the tests may have told its children to ignore signals.
        var start = new ProcessStartInfo("env")
        {
            ArgumentList =
            {
                "--default-signal=INT,TERM,PIPE", "bash", "-c", $"exec dotnet \"$0\" \"$@\" {redirection}",
                Program,
            },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        foreach (var name in start.Environment.Keys.ToList())
        {
            if (name != "PATH" && !name.StartsWith("DOTNET_", StringComparison.Ordinal))
            {
                start.Environment.Remove(name);
            }
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new CliProcess(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        string redirection, Dictionary<string, string> environment, params string[] args)
    {
        using var process = Start(redirection, environment, args);
        process._process.StandardInput.Close();
        var output = await Patience.For(process.Output.ReadToEndAsync(), string.Join(' ', args));
        var (code, error) = await process.EndAsync();
        return (code, output, error);
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{_process.Id}"]);
        await Patience.For(kill.WaitForExitAsync(), "the signal is sent");
    }

    public async Task<(int Code, string Error)> EndAsync()
    {
        await Patience.For(_process.WaitForExitAsync(), "the command ends");
        return (_process.ExitCode, await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
