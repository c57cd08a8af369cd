using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using Telemetry.Client;
using Telemetry.Client.Admin;
using Telemetry.Contracts.V1;
using Interval = Google.Type.Interval;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Telemetry.Cli.Commands;

/// <summary><c>telemetry instances</c>: who reports.</summary>
internal sealed class InstancesCommand : ServerVerb
{
    private static readonly string Header =
        $"{"INSTANCE",-32}  {"APP",-12} {"VERSION",-10} {"COUNTRY",-7} {"REPORTS",7}  {"LAST SEEN",-19}  VERDICT";

    private readonly Option<string[]> _apps = new("--app") { Description = "Only this app, e.g. roomvox." };
    private readonly Option<string[]> _verdicts = new("--verdict") { Description = "Only this latest verdict, e.g. refused." };
    private readonly Option<string[]> _countries = new("--country") { Description = "Only this country, e.g. DE." };
    private readonly Option<string[]> _versions = new("--app-version") { Description = "Only this app version." };
    private readonly Option<string[]> _where = new("--where")
    {
        Description = "Only with this value of a field, e.g. environment.database=DATABASE_MYSQL; != for any other.",
    };

    private readonly MomentOption _seenSince = new("--seen-since") { Description = "Only those that reported at this time or later." };
    private readonly MomentOption _seenBefore = new("--seen-before") { Description = "Only those that last reported before this time." };
    private readonly MomentOption _newSince = new("--new-since") { Description = "Only those that first reported at this time or later." };
    private readonly OrderOption _order = new("first-seen", "last-seen", "report-count");
    private readonly NumberOption _limit = new("--limit", 1, int.MaxValue) { Description = "At most so many." };

    public InstancesCommand(ConnectionOptions connection, CliConsole console)
        : base("instances", "List installations.", connection, console)
    {
        Option[] options = [_apps, _verdicts, _countries, _versions, _where, _newSince, _seenSince, _seenBefore, _order, _limit];
        foreach (var option in options)
        {
            Options.Add(option);
        }

        Subcommands.Add(new ShowCommand(connection, console));
        Subcommands.Add(new ExportInstanceCommand(connection, console));
        Subcommands.Add(new EraseInstanceCommand(connection, console));
        Subcommands.Add(new VerifyReceiptCommand(console));
    }

    protected override async Task<int> RunAsync(
        TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var instances = new AdminClient(channel, TokenOf(parsed)).ListInstancesAsync(RequestOf(parsed), cancellation);
        await WriteTableAsync(parsed, Header, LearnedAsync(instances, cancellation), LineOf, parsed.GetValue(_limit)).ConfigureAwait(false);
        return ExitCodes.Ok;
    }

    private ListInstancesRequest RequestOf(ParseResult parsed)
    {
        var filter = new InstanceFilter
        {
            Apps = { (parsed.GetValue(_apps) ?? []).Select(AppName.Parse) },
            Verdicts = { (parsed.GetValue(_verdicts) ?? []).Select(name => EventText.Parse<ClaimVerdict>("--verdict", name)) },
            FirstSeen = IntervalOf(_newSince.In(parsed), null),
            LastSeen = IntervalOf(_seenSince.In(parsed), _seenBefore.In(parsed)),
            Fields = { (parsed.GetValue(_where) ?? []).Select(FieldOf).GroupBy(field => (field.Path, field.Exclude)).Select(Together) },
        };
        AddField(filter, "environment.country", parsed.GetValue(_countries));
        AddField(filter, "app_version", parsed.GetValue(_versions));
        return new ListInstancesRequest { Filter = filter, OrderBy = parsed.GetValue(_order) ?? "" };
    }

    private static Interval? IntervalOf(Timestamp? since, Timestamp? before) =>
        since is null && before is null ? null : new Interval { StartTime = since, EndTime = before };

    private static void AddField(InstanceFilter filter, string path, string[]? values)
    {
        if (values is { Length: > 0 })
        {
            filter.Fields.Add(new FieldFilter { Field = path, Values = { values } });
        }
    }

    private static (string Path, bool Exclude, string Value) FieldOf(string condition)
    {
        var at = condition.IndexOf('=', StringComparison.Ordinal);
        var exclude = at > 1 && condition[at - 1] == '!';
        return at > 0
            ? (condition[..(exclude ? at - 1 : at)], exclude, condition[(at + 1)..])
            : throw new CliUsageException("--where is FIELD=VALUE or FIELD!=VALUE; 'telemetry apps show APP' lists the fields.");
    }

    /// <summary>Values of one field are alternatives.</summary>
    private static FieldFilter Together(IGrouping<(string Path, bool Exclude), (string Path, bool Exclude, string Value)> conditions) =>
        new()
        {
            Field = conditions.Key.Path,
            Exclude = conditions.Key.Exclude,
            Values = { conditions.Select(condition => condition.Value) },
        };

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

        private static GetInstanceRequest RequestOf(string which, string app)
        {
            var request = new GetInstanceRequest { App = app };
            InstanceNames.Name(which, id => request.InstanceId = id, hash => request.InstanceHash = hash, url => request.InstanceUrl = url);
            return request;
        }

        private string LineOf(StoredReport report) => string.Create(CultureInfo.InvariantCulture,
            $"  {report.AcceptedAt.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}  {report.Number,8}  "
            + $"{report.Report.AppVersion,-10} {EventText.VerdictOf(report.Verdict, report.ClaimReason)}  "
            + $"{EventText.UsageOf(report.Report, Types.Find)}").TrimEnd();

        private static string LineOf(Instance instance) => InstancesCommand.LineOf(instance);
    }
}
