using System.CommandLine;

namespace Telemetry.Cli.Commands.Installation;

/// <summary><c>telemetry send</c>: sends what the app collected last, now. Switches nothing on.</summary>
internal sealed class SendCommand(CliConsole console) : InstallationVerb(
    "send", "Send the report now and say exactly what happened. Refused unless reports are on.", console)
{
    protected override async Task<int> RunAsync(string directory, ParseResult parsed, CancellationToken cancellation)
    {
        await using var client = Open(directory);
        var result = await client.SendNowAsync(cancellation).ConfigureAwait(false);
        if (!IsJson(parsed))
        {
            return SendResultText.Print(Terminal, result);
        }

        WriteJson(SendDocument.Of(result), InstallationJson.Default.SendDocument);
        return SendResultText.ExitCodeOf(result);
    }
}
