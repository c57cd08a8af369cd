using System.CommandLine;

namespace Telemetry.Cli.Commands.Installation;

/// <summary><c>telemetry collected delete --yes</c>: away with everything that the server keeps of this installation.</summary>
internal sealed class DeleteCollectedCommand : InstallationVerb
{
    private readonly Option<bool> _yes = new("--yes") { Description = "Delete it, for good." };

    public DeleteCollectedCommand(CliConsole console)
        : base("delete", "Have the server delete everything that it keeps of this installation. Cannot be undone; switches nothing off.", console) =>
        Options.Add(_yes);

    protected override async Task<int> RunAsync(string directory, ParseResult parsed, CancellationToken cancellation)
    {
        if (!parsed.GetValue(_yes))
        {
            throw new CliUsageException(
                "What is deleted is gone from the server for good; reports go on until 'telemetry off'. To delete it all the same, add --yes. "
                + "To keep a copy first: telemetry collected show -o FILE");
        }

        await using var client = Open(directory);
        return CollectedResultText.Print(Terminal, await client.DeleteCollectedAsync(cancellation).ConfigureAwait(false), IsJson(parsed));
    }
}
