using System.Text.Json;
using Telemetry.Cli.Commands.Installation;
using Telemetry.Client;

namespace Telemetry.Cli;

/// <summary>What became of a report, for the person who sent it.</summary>
internal static class SendResultText
{
    /// <param name="console">Where to; what went wrong in words goes to its error output, JSON never does.</param>
    /// <param name="result">What became of it.</param>
    /// <param name="json">As one JSON object instead of words.</param>
    /// <returns>The exit code.</returns>
    public static int Print(CliConsole console, SendResult result, bool json)
    {
        if (json)
        {
            console.Out.WriteLine(JsonSerializer.Serialize(SendDocument.Of(result), InstallationJson.Default.SendDocument));
        }
        else
        {
            PrintWords(console, result);
        }

        return result switch
        {
            SendResult.Sent => ExitCodes.Ok,
            SendResult.Unreachable or SendResult.MayHaveArrived => ExitCodes.Unreachable,
            SendResult.Disabled => ExitCodes.NotOn,
            _ => ExitCodes.Refused,
        };
    }

    private static void PrintWords(CliConsole console, SendResult result)
    {
        switch (result)
        {
            case SendResult.Sent sent:
                console.Out.WriteLine(
                    $"Stored as number {sent.Receipt.Number}, report {sent.Receipt.ReportId}, "
                    + $"verdict {EventText.NameOf(sent.Receipt.Verdict)}. "
                    + $"The next report is welcome after {sent.Receipt.NextReportNotBefore:u}.");
                if (sent.Receipt.DroppedFields.Count > 0)
                {
                    console.Out.WriteLine($"Values that the server does not know: {string.Join(", ", sent.Receipt.DroppedFields)}.");
                }

                break;
            case SendResult.Rejected { Violations.Count: > 0 } rejected:
                console.Error.WriteLine("The report breaks rules:");
                foreach (var violation in rejected.Violations)
                {
                    console.Error.WriteLine($"  {violation.Field} {violation.Description}");
                }

                break;
            default:
                console.Error.WriteLine(result.Message);
                break;
        }
    }
}
