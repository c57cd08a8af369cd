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

    private readonly NumberOption _max = new("--max") { Description = "At most so many." };

    public ListCommand(ConnectionOptions connection, CliConsole console)
        : base("list", "List licenses.", connection, console)
    {
        Options.Add(_customer);
        Options.Add(_app);
        Options.Add(_state);
        Options.Add(_max);
    }

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var request = RequestOf(parsed);
        var client = ClientOf(channel, parsed);
        var left = parsed.GetValue(_max) ?? int.MaxValue;
        if (!IsJson(parsed))
        {
            Terminal.Out.WriteLine(LicenseText.Header);
        }

        await foreach (var license in client.ListAsync(request, cancellation).ConfigureAwait(false))
        {
            if (left-- <= 0)
            {
                break;
            }

            Write(parsed, license, LicenseText.LineOf(license));
        }

        return ExitCodes.Ok;
    }

    private ListLicensesRequest RequestOf(ParseResult parsed) => new()
    {
        CustomerReference = parsed.GetValue(_customer) ?? "",
        App = parsed.GetValue(_app) is { } app ? EventText.Parse<App>("--app", app) : App.Unspecified,
        State = parsed.GetValue(_state) is { } state
            ? EventText.Parse<LicenseState>("--state", state)
            : LicenseState.Unspecified,
    };
}
