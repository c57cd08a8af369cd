namespace Telemetry.Cli.Tests;

/// <summary>Runs the command as a person does, and keeps what it printed.</summary>
internal static class CliRunner
{
    public static Task<(int Code, string Output, string Error)> RunAsync(string input, params string[] args) =>
        RunAsync(console => console, input, args);

    /// <param name="around">What the command finds around it.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="args">The arguments.</param>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        Func<CliConsole, CliConsole> around, string input, params string[] args)
    {
        using var stdin = new StringReader(input);
        await using var stdout = new StringWriter();
        await using var stderr = new StringWriter();
        var code = await Patience.For(
            CliProgram.RunAsync(args, around(new CliConsole(stdin, stdout, stderr))), string.Join(' ', args));
        return (code, stdout.ToString(), stderr.ToString());
    }
}
