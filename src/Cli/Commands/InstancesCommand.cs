using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using Telemetry.Client;
using Telemetry.Client.Admin;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands;

/// <summary><c>telemetry instances</c>: who reports.</summary>
internal sealed class InstancesCommand : ServerVerb
{
    private static readonly string Header =
        $"{"INSTANCE",-32}  {"APP",-12} {"VERSION",-10} {"COUNTRY",-7} {"REPORTS",7}  {"LAST SEEN",-19}  VERDICT";

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
        await WriteTableAsync(parsed, Header, LearnedAsync(instances, cancellation), LineOf, parsed.GetValue(_limit)).ConfigureAwait(false);
        return ExitCodes.Ok;
    }

    private static string AppOf(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } name ? AppName.Parse(name) : "";

    private async IAsyncEnumerable<Instance> LearnedAsync(
        IAsyncEnumerable<Instance> instances, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var instance in instances.WithCancellation(cancellation).ConfigureAwait(false))
        {
            await Types.LearnAsync(instance.Usage, cancellation).ConfigureAwait(false);
            yield return instance;
        }
    }

    private static string LineOf(Instance instance) => string.Create(CultureInfo.InvariantCulture,
        $"{instance.InstanceId,-32}  {instance.App,-12} {instance.AppVersion,-10} "
        + $"{instance.Environment?.Country,-7} {instance.ReportCount,7}  "
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
            await Types.LearnAsync(response.Instance.Usage, cancellation).ConfigureAwait(false);
            Write(parsed, response, [LineOf(response.Instance), .. response.History.Select(LineOf)]);
            return ExitCodes.Ok;
        }

        private static GetInstanceRequest RequestOf(string which, string app) => InstanceNames.KindOf(which) switch
        {
            InstanceName.Pseudonym => new() { App = app, InstanceId = which },
            InstanceName.Hash => new() { App = app, InstanceHash = which },
            _ => new() { App = app, InstanceUrl = which },
        };

        private string LineOf(StoredReport report) => string.Create(CultureInfo.InvariantCulture,
            $"  {report.AcceptedAt.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}  {report.Position.Number,8}  "
            + $"{report.Report.AppVersion,-10} {EventText.VerdictOf(report.Verdict, report.ClaimReason)}  "
            + $"{EventText.UsageOf(report.Report, Types.Find)}").TrimEnd();

        private static string LineOf(Instance instance) => InstancesCommand.LineOf(instance);
    }
}
