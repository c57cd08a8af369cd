using System.CommandLine;

namespace Telemetry.Cli.Commands.Licences;

/// <summary><c>telemetry licences</c>: what a vendor does with licences.</summary>
internal sealed class LicencesCommand : Command
{
    public LicencesCommand(ConnectionOptions connection, CliConsole console)
        : base("licences", "Issue and manage licences.")
    {
        Aliases.Add("licenses");
        Command[] verbs =
        [
            new IssueCommand(connection, console),
            new ListCommand(connection, console),
            new ShowCommand(connection, console),
            new ChangeCommand(connection, console),
            new SuspendCommand(connection, console),
            new ResumeCommand(connection, console),
            new RevokeCommand(connection, console),
            new ReleaseCommand(connection, console),
            new UsageCommand(connection, console),
            new RefusedCommand(connection, console),
            new RotateKeyCommand(connection, console),
            new RootKeyCommand(connection, console),
        ];
        foreach (var verb in verbs)
        {
            Subcommands.Add(verb);
        }
    }
}
