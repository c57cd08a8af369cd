using System.CommandLine;
using Telemetry.Client;
using Telemetry.Contracts.V1;
using Interval = Google.Type.Interval;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary><c>telemetry licenses list</c>: licenses by default in the order in which they were issued.</summary>
internal sealed class ListCommand : LicenseVerb
{
    private readonly Option<string[]> _customers = new("--customer") { Description = "Only this customer's." };
    private readonly Option<string[]> _apps = new("--app") { Description = "Only those for this app, e.g. roomvox." };
    private readonly Option<string[]> _states = new("--state")
    {
        Description = "Only those in this state: active, suspended or revoked.",
    };

    private readonly MomentOption _expireBefore = new("--expire-before") { Description = "Only those that expire before this time." };
    private readonly OrderOption _order = new("issued-at", "expires-at", "customer-reference");
    private readonly NumberOption _limit = new("--limit", 1, int.MaxValue) { Description = "At most so many." };

    public ListCommand(ConnectionOptions connection, CliConsole console)
        : base("list", "List licenses.", connection, console)
    {
        Option[] options = [_customers, _apps, _states, _expireBefore, _order, _limit];
        foreach (var option in options)
        {
            Options.Add(option);
        }
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
        Filter = new LicenseFilter
        {
            CustomerReferences = { parsed.GetValue(_customers) ?? [] },
            Apps = { (parsed.GetValue(_apps) ?? []).Select(AppName.Parse) },
            States = { (parsed.GetValue(_states) ?? []).Select(state => EventText.Parse<LicenseState>("--state", state)) },
            ExpiresAt = _expireBefore.In(parsed) is { } end ? new Interval { EndTime = end } : null,
        },
        OrderBy = parsed.GetValue(_order) ?? "",
    };
}
