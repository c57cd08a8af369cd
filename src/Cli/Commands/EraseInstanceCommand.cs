using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands;

/// <summary><c>telemetry instances erase WHICH --yes</c>: away with everything that is stored of one installation.</summary>
internal sealed class EraseInstanceCommand : ServerVerb
{
    private readonly Argument<string> _which = new("which") { Description = "The installation's URL, the hash it reports, or its id as listed; by its id without its seats." };
    private readonly Option<string?> _app = new("--app") { Description = "Of this app alone, e.g. roomvox." };
    private readonly Option<bool> _yes = new("--yes") { Description = "Erase it, for good." };

    public EraseInstanceCommand(ConnectionOptions connection, CliConsole console)
        : base("erase", "Erase everything that is stored of one installation. Cannot be undone.", connection, console)
    {
        Arguments.Add(_which);
        Options.Add(_app);
        Options.Add(_yes);
    }

    protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var which = parsed.GetRequiredValue(_which);
        if (!parsed.GetValue(_yes))
        {
            throw new CliUsageException(
                "What is erased is gone for good, from the store and from what is asked of it. To erase it all the same, add --yes. "
                + $"To keep a copy first: telemetry instances export {which} -o FILE");
        }

        var request = new EraseInstanceRequest { App = parsed.GetValue(_app) is { } app ? AppName.Parse(app) : "" };
        InstanceNames.Name(which, id => request.InstanceId = id, hash => request.InstanceHash = hash, url => request.InstanceUrl = url);

        var response = await new PrivacyService.PrivacyServiceClient(channel.Invoker).EraseInstanceAsync(
            request, new Metadata { { "authorization", "Bearer " + TokenOf(parsed) } }, cancellationToken: cancellation).ConfigureAwait(false);
        Write(parsed, response, [.. response.Apps.SelectMany(WordsOf), .. SeatWords(response.Seats)]);
        return ExitCodes.Ok;
    }

    private static IEnumerable<string> WordsOf(ErasedApp erased) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"Erased: {erased.Reports} reports of {erased.App}, {MomentText.Of(erased.ErasedAt.ToDateTimeOffset())}."),
        $"Receipt: {erased.Receipt}",
    ];

    private static IEnumerable<string> SeatWords(uint seats) =>
        seats == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"Given up: {seats} {(seats == 1 ? "seat" : "seats")} under licenses.")];
}
