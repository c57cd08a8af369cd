using System.CommandLine;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary><c>telemetry licenses show ID|-</c>: one license with the installations that use it.</summary>
internal sealed class ShowCommand : LicenseVerb
{
    private readonly Argument<string> _which = new("id")
    {
        Description = "The license's id, or - to read a customer's key from standard input.",
    };

    public ShowCommand(ConnectionOptions connection, CliConsole console)
        : base("show", "Show one license and its installations.", connection, console) =>
        Arguments.Add(_which);

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var client = ClientOf(channel, parsed);
        var request = await RequestOf(parsed.GetRequiredValue(_which), cancellation).ConfigureAwait(false);
        var license = await client.GetAsync(request, cancellation).ConfigureAwait(false);
        var all = new GetLicenseUsageResponse { License = license };
        await foreach (var instance in client.UsageAsync(license.LicenseId, cancellation).ConfigureAwait(false))
        {
            all.Instances.Add(instance);
        }

        Write(parsed, all, [.. LicenseText.DetailsOf(license), .. TableOf(all)]);
        return ExitCodes.Ok;
    }

    private static IEnumerable<string> TableOf(GetLicenseUsageResponse all) => all.Instances.Count == 0
        ? ["", "No installation uses it."]
        : ["", LicenseText.UsageHeader, .. all.Instances.Select(LicenseText.LineOf)];

    private async Task<GetLicenseRequest> RequestOf(string which, CancellationToken cancellation) => which == "-"
        ? new() { LicenseKey = await InputFile.ReadSecretAsync(Terminal, which, cancellation).ConfigureAwait(false) }
        : new() { LicenseId = which };
}
