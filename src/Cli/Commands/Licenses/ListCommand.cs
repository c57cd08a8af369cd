using System.CommandLine;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary><c>telemetry licenses list</c>: licenses in the order in which they were issued.</summary>
internal sealed class ListCommand : LicenseVerb
{
    private readonly Option<string?> _customer = new("--customer") { Description = "Only this customer's." };
    private readonly Option<string?> _app = new("--app") { Description = "Only those for this app, e.g. roomvox." };
    private readonly Option<string?> _state = new("--state")
    {
        Description = "Only those in this state: active, suspended or revoked.",
    };

    private readonly NumberOption _limit = new("--limit", 1, int.MaxValue) { Description = "At most so many." };

    public ListCommand(ConnectionOptions connection, CliConsole console)
        : base("list", "List licenses.", connection, console)
    {
        Options.Add(_customer);
        Options.Add(_app);
        Options.Add(_state);
        Options.Add(_limit);
    }

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var request = RequestOf(parsed);
        var client = ClientOf(channel, parsed);
        await WriteTableAsync(
            parsed, LicenseText.Header, client.ListAsync(request, cancellation), LicenseText.LineOf, parsed.GetValue(_limit))
            .ConfigureAwait(false);
        return ExitCodes.Ok;
    }

    private ListLicensesRequest RequestOf(ParseResult parsed) => new()
    {
        CustomerReference = parsed.GetValue(_customer) ?? "",
        App = parsed.GetValue(_app) is { } app ? AppName.Parse(app) : "",
        State = parsed.GetValue(_state) is { } state
            ? EventText.Parse<LicenseState>("--state", state)
            : LicenseState.Unspecified,
    };
}
