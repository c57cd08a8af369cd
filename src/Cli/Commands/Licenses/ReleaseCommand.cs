using System.CommandLine;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Licenses;

/// <summary><c>telemetry licenses release ID INSTANCE</c>: takes a license's seat from an installation.</summary>
internal sealed class ReleaseCommand : LicenseVerb
{
    private readonly Argument<string> _id = new("id") { Description = "The license's id." };
    private readonly Argument<string> _which = new("instance")
    {
        Description = "The installation's id as 'licenses usage' lists it, the hash it sends, or its URL.",
    };

    public ReleaseCommand(ConnectionOptions connection, CliConsole console)
        : base("release", "Take a license's seat from an installation.", connection, console)
    {
        Arguments.Add(_id);
        Arguments.Add(_which);
    }

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var request = RequestOf(parsed.GetRequiredValue(_id), parsed.GetRequiredValue(_which));
        var released = await ClientOf(channel, parsed).ReleaseAsync(request, cancellation).ConfigureAwait(false);
        Write(parsed, new ReleaseLicenseInstanceResponse { Released = released }, released
            ? "The seat is free."
            : "That installation has no seat; nothing was changed.");
        return ExitCodes.Ok;
    }

    private static ReleaseLicenseInstanceRequest RequestOf(string id, string which)
    {
        var request = new ReleaseLicenseInstanceRequest { LicenseId = id };
        InstanceNames.Name(which, pseudonym => request.InstanceId = pseudonym, hash => request.InstanceHash = hash, url => request.InstanceUrl = url);
        return request;
    }
}
