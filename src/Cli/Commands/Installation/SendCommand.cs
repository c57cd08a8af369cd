using System.CommandLine;

namespace Telemetry.Cli.Commands.Installation;

/// <summary><c>telemetry send</c>: sends what the app collected last, now. Switches nothing on.</summary>
internal sealed class SendCommand(CliConsole console) : InstallationVerb(
    "send", "Send the report now and say exactly what happened. Refused unless reports are on.", console)
{
    protected override async Task<int> RunAsync(string directory, ParseResult parsed, CancellationToken cancellation)
    {
        await using var client = Open(directory);
        return SendResultText.Print(
            Terminal, await client.SendNowAsync(cancellation).ConfigureAwait(false), IsJson(parsed));
    }
}
