using System.CommandLine;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary><c>telemetry licenses change ID</c>: changes what a license covers.</summary>
internal sealed class ChangeCommand : LicenseVerb
{
    private readonly Argument<string> _id = new("id") { Description = "The license's id." };
    private readonly LicenseTerms _terms = new(required: false);
    private readonly Option<bool> _noLimits = new("--no-limits") { Description = "Take away all limits." };
    private readonly Option<bool> _neverExpires = new("--never-expires") { Description = "Let it never expire." };

    public ChangeCommand(ConnectionOptions connection, CliConsole console)
        : base(
            "change",
            "Change what a license covers; what is not given stays. Apps and limits that are given replace all former ones.",
            connection,
            console)
    {
        Arguments.Add(_id);
        foreach (var option in (IEnumerable<Option>)[.. _terms.All, _noLimits, _neverExpires])
        {
            Options.Add(option);
        }
    }

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var request = RequestOf(parsed);
        if (request.Equals(new ChangeLicenseRequest { LicenseId = request.LicenseId }))
        {
            throw new CliUsageException("Nothing to change: give at least one option, e.g. --expires 2027-12-31.");
        }

        var license = await ClientOf(channel, parsed).ChangeAsync(request, cancellation).ConfigureAwait(false);
        Write(parsed, license, LicenseText.DetailsOf(license));
        return ExitCodes.Ok;
    }

    private ChangeLicenseRequest RequestOf(ParseResult parsed)
    {
        var request = new ChangeLicenseRequest
        {
            LicenseId = parsed.GetRequiredValue(_id),
            Apps = { _terms.AppsOf(parsed) },
            Limits = LimitsOf(parsed),
            OveragePolicy = _terms.OverageOf(parsed),
            ExpiresAt = _terms.ExpiresOf(parsed),
            NeverExpires = parsed.GetValue(_neverExpires),
            Grace = _terms.GraceOf(parsed),
        };
        if (request.NeverExpires && request.ExpiresAt is not null)
        {
            throw new CliUsageException("--expires and --never-expires exclude each other.");
        }

        // These have presence: setting them, even to nothing, would change them.
        if (_terms.CustomerOf(parsed) is { } customer)
        {
            request.CustomerReference = customer;
        }

        if (_terms.EditionOf(parsed) is { } edition)
        {
            request.Edition = edition;
        }

        if (_terms.InstancesOf(parsed) is { } instances)
        {
            request.InstancesAllowed = instances;
        }

        return request;
    }

    private LicenseLimits? LimitsOf(ParseResult parsed)
    {
        var limits = _terms.LimitsOf(parsed);
        var none = parsed.GetValue(_noLimits);
        return (limits.Count, none) switch
        {
            ( > 0, true) => throw new CliUsageException("--limit and --no-limits exclude each other."),
            (0, false) => null,
            _ => new LicenseLimits { Limits = { limits } },
        };
    }
}
