using System.CommandLine;
using Grpc.Core;
using Telemetry.Cli.Commands;
using Telemetry.Cli.Commands.Insights;
using Telemetry.Cli.Commands.Installation;
using Telemetry.Cli.Commands.Licenses;
using Telemetry.Client;
using Telemetry.Client.Admin;

namespace Telemetry.Cli;

/// <summary>The <c>telemetry</c> command.</summary>
internal static class CliProgram
{
    private const string Description = """
        Looks after an installation's reports, and talks to a Telemetry server.

        Exit codes: 0 ok, 1 refused or failed, 2 wrong usage, 3 server unreachable, 4 not authorized, 5 reports are off
        or local, or stricter than what was just chosen, 130 interrupted, 141 nobody reads the output, 143 terminated.
        """;

    public static async Task<int> RunAsync(
        string[] args, CliConsole console, CancellationToken cancellation = default)
    {
        var parsed = CommandLine(console).Parse(args);
        try
        {
            if (parsed.Errors.Count > 0)
            {
                throw new CliUsageException(string.Join('\n', parsed.Errors.Select(error => error.Message)));
            }

            var invocation = new InvocationConfiguration
            {
                Output = console.Out,
                Error = console.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (ExitCodeOf(e) is { } exitCode)
        {
            if (e is not OutputClosedException)
            {
                console.Error.WriteLine(WordsOf(e));
            }

            if (e is CliUsageException)
            {
                console.Error.WriteLine($"Try '{NameOf(parsed.CommandResult.Command)} --help'.");
            }

            return exitCode;
        }
    }

    /// <summary>Everything that can be said.</summary>
    internal static RootCommand CommandLine(CliConsole console)
    {
        var connection = new ConnectionOptions(console);
        return new RootCommand(Description)
        {
            new StatusCommand(console),
            SwitchCommand.On(console),
            SwitchCommand.Local(console),
            SwitchCommand.Off(console),
            new PreviewCommand(console),
            new SendCommand(console),
            new HistoryCommand(console),
            new CollectedCommand(console),
            new DoctorCommand(console),
            new TailCommand(connection, console),
            new ReportCommand(connection, console),
            new InstancesCommand(connection, console),
            new OverviewCommand(connection, console),
            new QueryCommand(connection, console),
            new ReleasesCommand(connection, console),
            new CohortsCommand(connection, console),
            new QualityCommand(connection, console),
            new ExportCommand(connection, console),
            new AppsCommand(connection, console),
            new LicensesCommand(connection, console),
            new TokenCommand(connection, console),
            new AuditCommand(connection, console),
            new BackupCommand(connection, console),
        };
    }

    /// <summary>As a person types it, e.g. "telemetry licenses issue".</summary>
    private static string NameOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{NameOf(parent)} {command.Name}" : "telemetry";

    /// <summary>The server's words; where none came, the innermost exception's, which names the cause.</summary>
    private static string WordsOf(Exception e)
    {
        if (e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            return "Interrupted.";
        }

        if (e is not RpcException call)
        {
            return e.Message;
        }

        var cause = call.Status.DebugException;
        while (cause?.InnerException is { } inner)
        {
            cause = inner;
        }

        return cause is null ? call.Status.Detail : $"The server cannot be reached: {cause.Message}";
    }

    private static int? ExitCodeOf(Exception e) => e switch
    {
        CliUsageException => ExitCodes.Usage,
        ServerNotReachedException { Failure: SendResult.Unreachable } => ExitCodes.Unreachable,
        RpcException { StatusCode: StatusCode.Unauthenticated or StatusCode.PermissionDenied } => ExitCodes.NotAuthorized,
        RpcException { StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded } => ExitCodes.Unreachable,
        OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled } => ExitCodes.Interrupted,
        FeedRefusedException { Status: StatusCode.Unauthenticated or StatusCode.PermissionDenied } =>
            ExitCodes.NotAuthorized,
        OutputClosedException => ExitCodes.OutputClosed,
        ServerNotReachedException or RpcException or FeedRefusedException => ExitCodes.Refused,
        InstallationNotFoundException or StateNotWrittenException or ReportNotPreparedException => ExitCodes.Refused,
        IOException or UnauthorizedAccessException or InvalidDataException => ExitCodes.Refused,
        _ => null,
    };
}
