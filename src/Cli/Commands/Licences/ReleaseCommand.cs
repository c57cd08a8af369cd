using System.CommandLine;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Licences;

/// <summary><c>telemetry licences release ID INSTANCE</c>: takes a licence's place from an installation.</summary>
internal sealed class ReleaseCommand : LicenceVerb
{
    private readonly Argument<string> _id = new("id") { Description = "The licence's id." };
    private readonly Argument<string> _which = new("instance")
    {
        Description = "The installation's id as 'licences usage' lists it, the hash it sends, or its URL.",
    };

    public ReleaseCommand(ConnectionOptions connection, CliConsole console)
        : base("release", "Take a licence's place from an installation.", connection, console)
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
            ? "The place is free."
            : "That installation has no place; nothing was changed.");
        return ExitCodes.Ok;
    }

    private static ReleaseLicenseInstanceRequest RequestOf(string id, string which) =>
        InstanceNames.KindOf(which) switch
        {
            InstanceName.Pseudonym => new() { LicenseId = id, InstanceId = which },
            InstanceName.Hash => new() { LicenseId = id, InstanceHash = which },
            _ => new() { LicenseId = id, InstanceUrl = which },
        };
}
