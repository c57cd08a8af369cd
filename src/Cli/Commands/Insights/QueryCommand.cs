using System.CommandLine;
using Grpc.Core;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Insights;

/// <summary><c>telemetry query</c>: one question about the fleet.</summary>
internal sealed class QueryCommand : InsightsVerb
{
    /// <summary>Columns of a series that still fit beside each other.</summary>
    private const int SeriesGroups = 6;

    private readonly QuestionOptions _question = new();
    private readonly Option<bool> _watch = new("--watch") { Description = "Answer again whenever the answer changes, until interrupted." };
    private readonly NumberOption _limit = new("--limit", 1, int.MaxValue) { Description = "With --watch: stop after so many answers." };
    private readonly Option<bool> _fields = new("--fields") { Description = "List what can be asked for instead." };

    public QueryCommand(ConnectionOptions connection, CliConsole console)
        : base("query", "Ask how many installations there are, or a figure of theirs: by what, and over which time.", connection, console)
    {
        foreach (var option in _question.All.Concat([_watch, _limit, _fields]))
        {
            Options.Add(option);
        }
    }

    protected override async Task<int> RunAsync(TelemetryChannel channel, ParseResult parsed, CancellationToken cancellation)
    {
        var (client, headers) = (ClientOf(channel), HeadersOf(parsed));
        if (parsed.GetValue(_fields))
        {
            var fields = await client.ListQueryFieldsAsync(
                new ListQueryFieldsRequest { Apps = { _question.AppsIn(parsed) } }, headers, cancellationToken: cancellation).ConfigureAwait(false);
            Write(parsed, fields, TableOf(fields), [], []);
            return ExitCodes.Ok;
        }

        var question = _question.QuestionIn(parsed);
        if (question is { Days: > 0, GroupBy.Count: > 0 } && !_question.NamesTop(parsed) && !IsJson(parsed) && !IsCsv(parsed))
        {
            question.Top = SeriesGroups;
        }

        if (parsed.GetValue(_watch))
        {
            await WatchAsync(client, headers, parsed, question, cancellation).ConfigureAwait(false);
            return ExitCodes.Ok;
        }

        Show(parsed, question, await client.QueryAsync(question, headers, cancellationToken: cancellation).ConfigureAwait(false));
        return ExitCodes.Ok;
    }

    private async Task WatchAsync(
        InsightsService.InsightsServiceClient client, Metadata headers, ParseResult parsed, QueryRequest question, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Terminal.OutputClosed);
        using var call = client.WatchQuery(new WatchQueryRequest { Query = question }, headers, cancellationToken: either.Token);
        var answer = new WatchedAnswer();
        var left = parsed.GetValue(_limit);
        try
        {
            while (left != 0 && await call.ResponseStream.MoveNext(either.Token).ConfigureAwait(false))
            {
                var message = call.ResponseStream.Current;
                answer.Take(message);
                // That nothing changed is told to programs by silence, too.
                if (message.MessageCase != WatchQueryResponse.MessageOneofCase.Unchanged)
                {
                    Show(parsed, question, answer.Current!);
                    left--;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled }
            && Terminal.OutputClosed.IsCancellationRequested)
        {
            throw new OutputClosedException();
        }
    }

    private void Show(ParseResult parsed, QueryRequest question, QueryResponse answer) =>
        Write(parsed, answer, AnswerText.TableOf(question, answer), [AnswerText.HeaderOf(question, answer)], parsed.GetValue(_watch) ? [""] : []);

    private static TextTable TableOf(ListQueryFieldsResponse fields)
    {
        var table = new TextTable(new TableColumn("FIELD"), new TableColumn("FOR"), new TableColumn("APPS"), new TableColumn("PURPOSE"));
        foreach (var field in fields.Fields)
        {
            table.Add(
                field.Field, field.Measure ? "--measure" : field.Version ? "--by, versions" : "--by",
                field.Field.StartsWith("usage.", StringComparison.Ordinal) ? string.Join(' ', field.Apps) : "all", field.Purpose);
        }

        return table;
    }
}
