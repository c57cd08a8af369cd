using System.CommandLine;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Licences;

/// <summary><c>telemetry licences usage ID</c>: the installations that use a licence, and how far.</summary>
internal sealed class UsageCommand : LicenceVerb
{
    private readonly Argument<string> _id = new("id") { Description = "The licence's id." };

    public UsageCommand(ConnectionOptions connection, CliConsole console)
        : base("usage", "List the installations that use a licence.", connection, console) =>
        Arguments.Add(_id);

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var client = ClientOf(channel, parsed);
        var instances = client.UsageAsync(parsed.GetRequiredValue(_id), cancellation);
        if (!IsJson(parsed))
        {
            Terminal.Out.WriteLine(LicenceText.UsageHeader);
        }

        await foreach (var instance in instances.ConfigureAwait(false))
        {
            Write(parsed, instance, LicenceText.LineOf(instance));
        }

        return ExitCodes.Ok;
    }
}
