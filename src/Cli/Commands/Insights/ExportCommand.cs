using System.CommandLine;
using Grpc.Core;
using Telemetry.Client;
using Telemetry.Contracts.V1;
using Interval = Google.Type.Interval;

namespace Telemetry.Cli.Commands.Insights;

/// <summary><c>telemetry export</c>: reports, installations or an answer as a file.</summary>
internal sealed class ExportCommand : Command
{
    public ExportCommand(ConnectionOptions connection, CliConsole console)
        : base("export", "Write reports, installations or an answer to a file.")
    {
        Subcommands.Add(new ReportsCommand(connection, console));
        Subcommands.Add(new InstancesCommand(connection, console));
        Subcommands.Add(new QueryCommand(connection, console));
    }

    /// <summary>What they share: a format, and a file that is whole or not there.</summary>
    private abstract class ExportVerb : ServerVerb
    {
        private static readonly Dictionary<string, ExportFormat> Formats = new(StringComparer.OrdinalIgnoreCase)
        {
            ["csv"] = ExportFormat.Csv,
            ["jsonl"] = ExportFormat.JsonLines,
            ["parquet"] = ExportFormat.Parquet,
        };

        private readonly Option<string?> _format = new("--format") { Description = "csv, jsonl or parquet. Default: as the file's name ends." };
        private readonly Option<string> _output = new("--output", "-o") { Description = "The file; one that is there is replaced.", Required = true };

        protected ExportVerb(string name, string description, ConnectionOptions connection, CliConsole console)
            : base(name, description, connection, console)
        {
            Options.Add(_format);
            Options.Add(_output);
        }

        protected abstract ExportRequest RequestOf(ParseResult parsed);

        protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
        {
            var file = parsed.GetRequiredValue(_output);
            var request = RequestOf(parsed);
            request.Format = FormatOf(parsed.GetValue(_format), file);
            using var call = new InsightsService.InsightsServiceClient(channel.Invoker).Export(
                request, new Metadata { { "authorization", "Bearer " + TokenOf(parsed) } }, cancellationToken: cancellation);
            // Before anything is written: a refusal leaves what was there.
            var more = await call.ResponseStream.MoveNext(cancellation).ConfigureAwait(false);
            var part = file + ".part";
            try
            {
                await using (var output = File.Create(part))
                {
                    for (; more; more = await call.ResponseStream.MoveNext(cancellation).ConfigureAwait(false))
                    {
                        await output.WriteAsync(call.ResponseStream.Current.Data.Memory, cancellation).ConfigureAwait(false);
                    }
                }

                File.Move(part, file, overwrite: true);
            }
            catch
            {
                File.Delete(part);
                throw;
            }

            return ExitCodes.Ok;
        }

        private static ExportFormat FormatOf(string? format, string file) =>
            Formats.TryGetValue(format ?? Path.GetExtension(file).TrimStart('.'), out var known)
                ? known
                : throw new CliUsageException("--format is one of: csv, jsonl, parquet; it can be left out when the file's name ends with one of them.");
    }

    /// <summary><c>telemetry export reports</c>.</summary>
    private sealed class ReportsCommand : ExportVerb
    {
        private readonly Option<string[]> _apps = new("--app") { Description = "Only this app, e.g. roomvox." };
        private readonly MomentOption _since = new("--since") { Description = "Only those accepted at this time or later." };
        private readonly MomentOption _before = new("--before") { Description = "Only those accepted before this time." };

        public ReportsCommand(ConnectionOptions connection, CliConsole console)
            : base("reports", "Write reports as they were accepted.", connection, console)
        {
            Option[] options = [_apps, _since, _before];
            foreach (var option in options)
            {
                Options.Add(option);
            }
        }

        protected override ExportRequest RequestOf(ParseResult parsed)
        {
            var (since, before) = (_since.In(parsed), _before.In(parsed));
            return new ExportRequest
            {
                Reports = new ReportExport
                {
                    Apps = { (parsed.GetValue(_apps) ?? []).Select(AppName.Parse) },
                    Time = since is null && before is null ? null : new Interval { StartTime = since, EndTime = before },
                },
            };
        }
    }

    /// <summary><c>telemetry export instances</c>.</summary>
    private sealed class InstancesCommand : ExportVerb
    {
        private readonly PopulationOptions _population = new();
        private readonly Option<string?> _activity = new("--activity") { Description = "Only those that are active, new, returned, silent, gone or one-shot now." };
        private readonly NumberOption _active = new("--active", 1, 90) { Description = "Only those that reported within so many days." };

        public InstancesCommand(ConnectionOptions connection, CliConsole console)
            : base("instances", "Write installations as their latest report shows them.", connection, console)
        {
            foreach (var option in _population.All.Concat([_activity, _active]))
            {
                Options.Add(option);
            }
        }

        protected override ExportRequest RequestOf(ParseResult parsed) => new()
        {
            Instances = new InstanceFilter
            {
                Apps = { _population.AppsIn(parsed) },
                Fields = { _population.FiltersIn(parsed) },
                Activity = parsed.GetValue(_activity) is { } activity ? EventText.Parse<Activity>("--activity", activity)
                    : parsed.GetValue(_active) is null ? Activity.Unspecified : Activity.Active,
                WindowDays = (uint)(parsed.GetValue(_active) ?? 0),
            },
        };
    }

    /// <summary><c>telemetry export query</c>.</summary>
    private sealed class QueryCommand : ExportVerb
    {
        private readonly QuestionOptions _question = new();

        public QueryCommand(ConnectionOptions connection, CliConsole console)
            : base("query", "Write the answer to a question: a row for each group and point.", connection, console)
        {
            foreach (var option in _question.All)
            {
                Options.Add(option);
            }
        }

        protected override ExportRequest RequestOf(ParseResult parsed) => new() { Query = _question.QuestionIn(parsed) };
    }
}
