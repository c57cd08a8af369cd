using System.Text.Json;
using Telemetry.Cli.Commands.Installation;
using Telemetry.Client;

namespace Telemetry.Cli;

/// <summary>What came of showing or deleting what was collected, for the person who asked.</summary>
internal static class CollectedResultText
{
    /// <param name="console">Where to; what went wrong in words goes to its error output, JSON never does.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="json">As one JSON object instead of words.</param>
    /// <returns>The exit code.</returns>
    public static int Print(CliConsole console, CollectedResult result, bool json)
    {
        var isGood = result is CollectedResult.Deleted;
        if (json)
        {
            console.Out.WriteLine(JsonSerializer.Serialize(CollectedDocument.Of(result), InstallationJson.Default.CollectedDocument));
        }
        else
        {
            (isGood ? console.Out : console.Error).WriteLine(result.Message);
            foreach (var receipt in (result as CollectedResult.Deleted)?.Receipts ?? [])
            {
                console.Out.WriteLine($"Receipt: {receipt.Receipt}");
            }
        }

        return result switch
        {
            CollectedResult.Deleted => ExitCodes.Ok,
            CollectedResult.Unreachable or CollectedResult.MayBeDeleted => ExitCodes.Unreachable,
            CollectedResult.NotTheOwner => ExitCodes.NotAuthorized,
            _ => ExitCodes.Refused,
        };
    }
}
