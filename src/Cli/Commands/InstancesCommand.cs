using System.CommandLine;
using System.Globalization;
using Google.Protobuf;
using Telemetry.Client.Admin;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands;

/// <summary><c>telemetry instances</c>: who reports, and what one installation reported.</summary>
internal sealed class InstancesCommand : Command
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default);

    private readonly Option<bool> _json = new("--json") { Description = "One JSON object per line." };
    private readonly Option<string?> _app = new("--app") { Description = "Only this app, e.g. roomvox." };
    private readonly Option<string?> _verdict = new("--verdict") { Description = "Only this latest verdict, e.g. refused." };
    private readonly NumberOption _limit = new("--limit") { Description = "At most so many." };
    private readonly Argument<string> _which = new("which")
    {
        Description = "The installation's id as listed, the hash it reports, or its URL.",
    };

    private readonly CliConsole _console;
    private readonly ConnectionOptions _connection;

    public InstancesCommand(ConnectionOptions connection, CliConsole console)
        : base("instances", "List installations.")
    {
        _console = console;
        _connection = connection;
        Option[] options = [connection.Server, connection.Token, _json, _app, _verdict, _limit];
        foreach (var option in options)
        {
            Options.Add(option);
        }

        SetAction(ListAsync);
        var show = new Command("show", "Show one installation with its latest reports.") { _which };
        Option[] showOptions = [connection.Server, connection.Token, _json, _app];
        foreach (var option in showOptions)
        {
            show.Options.Add(option);
        }

        show.SetAction(ShowAsync);
        Subcommands.Add(show);
    }

    private async Task<int> ListAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var app = AppOf(parsed);
        var verdict = parsed.GetValue(_verdict) is { } name
            ? EventText.Parse<ClaimVerdict>("--verdict", name)
            : ClaimVerdict.Unspecified;
        using var channel = _connection.Connect(parsed);
        var client = new AdminClient(channel, _connection.TokenOf(parsed));
        var left = parsed.GetValue(_limit) ?? int.MaxValue;
        var json = parsed.GetValue(_json);
        if (!json)
        {
            _console.Out.WriteLine(
                $"{"INSTANCE",-32}  {"APP",-8} {"VERSION",-10} {"COUNTRY",-7} {"REPORTS",7}  {"LAST SEEN",-19}  VERDICT");
        }

        await foreach (var instance in client.ListInstancesAsync(app, verdict, cancellation).ConfigureAwait(false))
        {
            if (left-- <= 0)
            {
                break;
            }

            _console.Out.WriteLine(json ? Json.Format(instance) : LineOf(instance));
        }

        return ExitCodes.Ok;
    }

    private async Task<int> ShowAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var channel = _connection.Connect(parsed);
        var client = new AdminClient(channel, _connection.TokenOf(parsed));
        var response = await client.GetInstanceAsync(RequestOf(parsed), cancellation).ConfigureAwait(false);
        if (parsed.GetValue(_json))
        {
            _console.Out.WriteLine(Json.Format(response));
            return ExitCodes.Ok;
        }

        _console.Out.WriteLine(LineOf(response.Instance));
        foreach (var report in response.History)
        {
            _console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {report.AcceptedAt.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}  {report.Position.Number,8}  "
                + $"{report.AppVersion,-10} {EventText.VerdictOf(report.Verdict, report.ClaimReason)}"));
        }

        return ExitCodes.Ok;
    }

    private GetInstanceRequest RequestOf(ParseResult parsed)
    {
        var which = parsed.GetRequiredValue(_which);
        var app = AppOf(parsed);
        return InstanceNames.KindOf(which) switch
        {
            InstanceName.Pseudonym => new() { App = app, InstanceId = which },
            InstanceName.Hash => new() { App = app, InstanceHash = which },
            _ => new() { App = app, InstanceUrl = which },
        };
    }

    private App AppOf(ParseResult parsed) =>
        parsed.GetValue(_app) is { } name ? EventText.Parse<App>("--app", name) : App.Unspecified;

    private static string LineOf(Instance instance) => string.Create(CultureInfo.InvariantCulture,
        $"{instance.InstanceId,-32}  {EventText.NameOf(instance.App),-8} {instance.AppVersion,-10} "
        + $"{instance.Environment.Country,-7} {instance.ReportCount,7}  "
        + $"{instance.LastSeen.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}  "
        + $"{EventText.VerdictOf(instance.Verdict, instance.ClaimReason)}");
}
