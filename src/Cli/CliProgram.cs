using System.CommandLine;
using Grpc.Core;
using Telemetry.Cli.Commands;
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
        or local, or stricter than what was just chosen, 130 interrupted.
        """;

    public static async Task<int> RunAsync(
        string[] args, CliConsole console, CancellationToken cancellation = default)
    {
        var connection = new ConnectionOptions();
        var root = new RootCommand(Description)
        {
            new StatusCommand(console),
            SwitchCommand.On(console),
            SwitchCommand.Local(console),
            SwitchCommand.Off(console),
            new PreviewCommand(console),
            new SendCommand(console),
            new HistoryCommand(console),
            new DoctorCommand(console),
            new TailCommand(connection, console),
            new ReportCommand(connection, console),
            new InstancesCommand(connection, console),
            new LicensesCommand(connection, console),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                console.Error.WriteLine(error.Message);
            }

            console.Error.WriteLine("Try 'telemetry --help'.");
            return ExitCodes.Usage;
        }

        try
        {
            var invocation = new InvocationConfiguration
            {
                Output = console.Out,
                Error = console.Error,
                EnableDefaultExceptionHandler = false,
            };
            return await parsed.InvokeAsync(invocation, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (ExitCodeOf(e) is { } exitCode)
        {
            console.Error.WriteLine(WordsOf(e));
            return exitCode;
        }
    }

    /// <summary>The server's words; where none came, the innermost exception's, which names the cause.</summary>
    private static string WordsOf(Exception e)
    {
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
        RpcException { StatusCode: StatusCode.Unauthenticated or StatusCode.PermissionDenied } => ExitCodes.NotAuthorised,
        RpcException { StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded } => ExitCodes.Unreachable,
        OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled } => ExitCodes.Interrupted,
        RpcException => ExitCodes.Refused,
        FeedRefusedException { Status: StatusCode.Unauthenticated or StatusCode.PermissionDenied } =>
            ExitCodes.NotAuthorised,
        FeedRefusedException => ExitCodes.Refused,
        InstallationNotFoundException or StateNotWrittenException or ReportNotPreparedException => ExitCodes.Refused,
        // Somebody closed the pipe, e.g. "| head": that is how they say they have enough.
        IOException => ExitCodes.Ok,
        _ => null,
    };
}
