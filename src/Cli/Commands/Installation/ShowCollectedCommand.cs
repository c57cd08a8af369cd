using System.CommandLine;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Installation;

/// <summary><c>telemetry collected show</c>: everything that the server keeps of this installation.</summary>
internal sealed class ShowCollectedCommand : InstallationVerb
{
    private readonly Option<string?> _output = new("--output", "-o") { Description = "A file instead of the terminal; one that is there is replaced." };

    public ShowCollectedCommand(CliConsole console)
        : base("show", "Show everything that the server keeps of this installation, a JSON object per line.", console) => Options.Add(_output);

    protected override async Task<int> RunAsync(string directory, ParseResult parsed, CancellationToken cancellation)
    {
        await using var client = Open(directory);
        var result = await client.ShowCollectedAsync(cancellation).ConfigureAwait(false);
        if (result is not CollectedResult.Shown shown)
        {
            return CollectedResultText.Print(Terminal, result, IsJson(parsed));
        }

        if (parsed.GetValue(_output) is { } file)
        {
            await WholeFile.WriteAsync(file, shown.Lines.ToAsyncEnumerable(), cancellation).ConfigureAwait(false);
        }
        else
        {
            foreach (var line in shown.Lines)
            {
                Terminal.Out.WriteLine(line);
            }
        }

        return ExitCodes.Ok;
    }
}
