using System.CommandLine;
using Google.Protobuf;
using Grpc.Core;
using Telemetry.Client;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Insights;

/// <summary>What all verbs that ask about the fleet share: answers as tables, as JSON or as CSV.</summary>
internal abstract class InsightsVerb : ServerVerb
{
    private readonly Option<bool> _csv = new("--csv") { Description = "The table as CSV (RFC 4180)." };

    protected InsightsVerb(string name, string description, ConnectionOptions connection, CliConsole console)
        : base(name, description, connection, console)
    {
        Options.Add(_csv);
        Validators.Add(result =>
        {
            if (result.GetValue(_csv) && result.GetResult("--json") is not null)
            {
                result.AddError("--json and --csv cannot be had together.");
            }
        });
    }

    protected static InsightsService.InsightsServiceClient ClientOf(TelemetryChannel channel) => new(channel.Invoker);

    protected Metadata HeadersOf(ParseResult parsed) => new() { { "authorization", "Bearer " + TokenOf(parsed) } };

    protected bool IsCsv(ParseResult parsed) => parsed.GetValue(_csv);

    /// <summary>Writes an answer as it was asked for.</summary>
    /// <param name="parsed">How it was asked for.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="table">Its table, which is all of it that CSV has.</param>
    /// <param name="before">Lines for people above the table.</param>
    /// <param name="after">Lines for people below it.</param>
    protected void Write(
        ParseResult parsed, IMessage answer, TextTable table, IEnumerable<string> before, IEnumerable<string> after)
    {
        if (IsCsv(parsed))
        {
            foreach (var line in table.Csv())
            {
                Terminal.Out.Write(line + "\n");
            }

            return;
        }

        Write(parsed, answer, [.. before, "", .. table.Lines(), .. after]);
    }
}
