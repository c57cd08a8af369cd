using System.CommandLine;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary><c>telemetry licenses</c>: what a vendor does with licenses.</summary>
internal sealed class LicensesCommand : Command
{
    public LicensesCommand(ConnectionOptions connection, CliConsole console)
        : base("licenses", "Issue and manage licenses.")
    {
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
