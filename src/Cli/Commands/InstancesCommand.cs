using System.CommandLine;
using System.Globalization;
using Telemetry.Client;
using Telemetry.Client.Admin;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands;

/// <summary><c>telemetry instances</c>: who reports.</summary>
internal sealed class InstancesCommand : ServerVerb
{
    private static readonly string Header =
        $"{"INSTANCE",-32}  {"APP",-8} {"VERSION",-10} {"COUNTRY",-7} {"REPORTS",7}  {"LAST SEEN",-19}  VERDICT";

    private readonly Option<string?> _app = new("--app") { Description = "Only this app, e.g. roomvox." };
    private readonly Option<string?> _verdict = new("--verdict") { Description = "Only this latest verdict, e.g. refused." };
    private readonly NumberOption _limit = new("--limit", 1, int.MaxValue) { Description = "At most so many." };

    public InstancesCommand(ConnectionOptions connection, CliConsole console)
        : base("instances", "List installations.", connection, console)
    {
        Options.Add(_app);
        Options.Add(_verdict);
        Options.Add(_limit);
        Subcommands.Add(new ShowCommand(connection, console));
    }

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var app = AppOf(parsed, _app);
        var verdict = parsed.GetValue(_verdict) is { } name
            ? EventText.Parse<ClaimVerdict>("--verdict", name)
            : ClaimVerdict.Unspecified;
        var instances = new AdminClient(channel, TokenOf(parsed)).ListInstancesAsync(app, verdict, cancellation);
        await WriteTableAsync(parsed, Header, instances, LineOf, parsed.GetValue(_limit)).ConfigureAwait(false);
        return ExitCodes.Ok;
    }

    private static App AppOf(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } name ? EventText.Parse<App>("--app", name) : App.Unspecified;

    private static string LineOf(Instance instance) => string.Create(CultureInfo.InvariantCulture,
        $"{instance.InstanceId,-32}  {EventText.NameOf(instance.App),-8} {instance.AppVersion,-10} "
        + $"{instance.Environment.Country,-7} {instance.ReportCount,7}  "
        + $"{instance.LastSeen.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}  "
        + $"{EventText.VerdictOf(instance.Verdict, instance.ClaimReason)}");

    /// <summary><c>telemetry instances show WHICH</c>: what one installation reported.</summary>
    private sealed class ShowCommand : ServerVerb
    {
        private readonly Option<string?> _app = new("--app") { Description = "Of this app, e.g. roomvox." };
        private readonly Argument<string> _which = new("which")
        {
            Description = "The installation's id as listed, the hash it reports, or its URL.",
        };

        public ShowCommand(ConnectionOptions connection, CliConsole console)
            : base("show", "Show one installation with its latest reports.", connection, console)
        {
            Arguments.Add(_which);
            Options.Add(_app);
        }

        protected override async Task<int> RunAsync(
            TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
        {
            var request = RequestOf(parsed.GetRequiredValue(_which), AppOf(parsed, _app));
            var client = new AdminClient(channel, TokenOf(parsed));
            var response = await client.GetInstanceAsync(request, cancellation).ConfigureAwait(false);
            Write(parsed, response, [LineOf(response.Instance), .. response.History.Select(LineOf)]);
            return ExitCodes.Ok;
        }

        private static GetInstanceRequest RequestOf(string which, App app) => InstanceNames.KindOf(which) switch
        {
            InstanceName.Pseudonym => new() { App = app, InstanceId = which },
            InstanceName.Hash => new() { App = app, InstanceHash = which },
            _ => new() { App = app, InstanceUrl = which },
        };

        private static string LineOf(StoredReport report) => string.Create(CultureInfo.InvariantCulture,
            $"  {report.AcceptedAt.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}  {report.Position.Number,8}  "
            + $"{report.AppVersion,-10} {EventText.VerdictOf(report.Verdict, report.ClaimReason)}");

        private static string LineOf(Instance instance) => InstancesCommand.LineOf(instance);
    }
}
