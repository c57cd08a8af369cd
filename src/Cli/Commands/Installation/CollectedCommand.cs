using System.CommandLine;

namespace Telemetry.Cli.Commands.Installation;

/// <summary><c>telemetry collected show</c> and <c>delete</c>: what the server has of this installation.</summary>
internal sealed class CollectedCommand : Command
{
    public CollectedCommand(CliConsole console)
        : base("collected", "Show or delete what the server collected of this installation.")
    {
        Subcommands.Add(new ShowCollectedCommand(console));
        Subcommands.Add(new DeleteCollectedCommand(console));
    }
}
