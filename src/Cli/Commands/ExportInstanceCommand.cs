using System.CommandLine;
using Grpc.Core;
using Telemetry.Client;
using Telemetry.Client.Contract;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands;

/// <summary><c>telemetry instances export WHICH -o FILE</c>: everything that is stored of one installation.</summary>
internal sealed class ExportInstanceCommand : ServerVerb
{
    private readonly Argument<string> _which = new("which") { Description = "The installation's URL, the hash it reports, or its id as listed; by its id without its seats." };
    private readonly Option<string?> _app = new("--app") { Description = "Of this app alone, e.g. roomvox." };
    private readonly Option<string> _output = new("--output", "-o") { Description = "The file, a JSON object per line; one that is there is replaced.", Required = true };

    public ExportInstanceCommand(ConnectionOptions connection, CliConsole console)
        : base("export", "Write everything that is stored of one installation to a file.", connection, console)
    {
        Arguments.Add(_which);
        Options.Add(_app);
        Options.Add(_output);
    }

    protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var (which, file) = (parsed.GetRequiredValue(_which), parsed.GetRequiredValue(_output));
        var request = new ExportInstanceRequest { App = parsed.GetValue(_app) is { } app ? AppName.Parse(app) : "" };
        InstanceNames.Name(which, id => request.InstanceId = id, hash => request.InstanceHash = hash, url => request.InstanceUrl = url);

        using var call = new PrivacyService.PrivacyServiceClient(channel.Invoker).ExportInstance(
            request, new Metadata { { "authorization", "Bearer " + TokenOf(parsed) } }, cancellationToken: cancellation);
        await WholeFile.WriteAsync(file, call.ResponseStream.ReadAllAsync(cancellation).Select(LineAsync), cancellation).ConfigureAwait(false);
        return ExitCodes.Ok;

        async ValueTask<string> LineAsync(ExportInstanceResponse part, CancellationToken ended)
        {
            var usage = part.Instance?.Usage ?? part.Report?.Report?.Usage;
            await Types.LearnAsync(usage, ended).ConfigureAwait(false);
            return ContractJson.Of(part, Types.Find);
        }
    }
}
