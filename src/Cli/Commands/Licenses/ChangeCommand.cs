using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
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
        foreach (var option in (IEnumerable<System.CommandLine.Option>)[.. _terms.All, _noLimits, _neverExpires])
        {
            Options.Add(option);
        }
    }

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var request = RequestOf(parsed);
        if (request.UpdateMask.Paths.Count == 0)
        {
            throw new CliUsageException("Nothing to change: give at least one option, e.g. --expires 2027-12-31.");
        }

        var license = await ClientOf(channel, parsed).ChangeAsync(request, cancellation).ConfigureAwait(false);
        Write(parsed, license, LicenseText.DetailsOf(license));
        return ExitCodes.Ok;
    }

    /// <summary>What was given, and a mask that names it: nothing else is changed.</summary>
    private ChangeLicenseRequest RequestOf(ParseResult parsed)
    {
        var (never, noLimits) = (parsed.GetValue(_neverExpires), parsed.GetValue(_noLimits));
        var (expires, limits) = (_terms.ExpiresOf(parsed), _terms.LimitsOf(parsed));
        if (never && expires is not null)
        {
            throw new CliUsageException("--expires and --never-expires exclude each other.");
        }

        if (noLimits && limits.Count > 0)
        {
            throw new CliUsageException("--limit and --no-limits exclude each other.");
        }

        var request = new ChangeLicenseRequest
        {
            LicenseId = parsed.GetRequiredValue(_id),
            CustomerReference = _terms.CustomerOf(parsed) ?? "",
            Edition = _terms.EditionOf(parsed) ?? "",
            Apps = { _terms.AppsOf(parsed) },
            Limits = { limits },
            InstancesAllowed = _terms.InstancesOf(parsed) ?? 0,
            OveragePolicy = _terms.OverageOf(parsed),
            ExpiresAt = expires,
            Grace = _terms.GraceOf(parsed),
        };
        request.UpdateMask = new FieldMask
        {
            Paths =
            {
                _terms.FieldsGiven(parsed).Concat(noLimits ? ["limits"] : []).Concat(never ? ["expires_at"] : []),
            },
        };
        return request;
    }
}
