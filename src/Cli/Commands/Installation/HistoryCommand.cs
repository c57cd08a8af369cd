using System.CommandLine;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Installation;

/// <summary><c>telemetry history</c>: the attempts so far, with their receipts.</summary>
internal sealed class HistoryCommand : InstallationVerb
{
    private readonly Option<bool> _full = new("--full") { Description = "With each report as it was sent." };

    public HistoryCommand(CliConsole console)
        : base("history", "List the attempts to report, the latest first, at most 100.", console) =>
        Options.Add(_full);

    protected override async Task<int> RunAsync(string directory, ParseResult parsed, CancellationToken cancellation)
    {
        await using var client = Open(directory);
        var (json, full) = (IsJson(parsed), parsed.GetValue(_full));
        var entries = client.GetHistory();
        foreach (var entry in entries)
        {
            if (json)
            {
                WriteJson(HistoryDocument.Of(entry, full), InstallationJson.Default.HistoryDocument);
            }
            else
            {
                Write(entry, full);
            }
        }

        if (!json && entries.Count == 0)
        {
            Terminal.Out.WriteLine("No report was tried yet.");
        }

        return ExitCodes.Ok;
    }

    private void Write(LedgerEntry entry, bool full)
    {
        Terminal.Out.WriteLine($"{MomentText.Of(entry.At)}  {EventText.NameOf(entry.Outcome),-13} {entry.ReportId}");
        Terminal.Out.WriteLine($"    {entry.Message}");
        if (entry.Receipt is { } receipt)
        {
            Terminal.Out.WriteLine(
                $"    Receipt: stored as number {receipt.Number}, verdict {EventText.NameOf(receipt.Verdict)}.");
        }

        Terminal.Out.WriteLine($"    SHA-256 {entry.Digest}");
        if (full)
        {
            Terminal.Out.WriteLine(entry.Report);
        }
    }
}
