using System.Globalization;
namespace Telemetry.Client.AspNetCore.Page;

/// <summary>The latest attempts.</summary>
internal static class HistoryPart
{
    private const int Shown = 10;

    public static Html Of(IReadOnlyList<LedgerEntry> history) => Html.Of($"""
        <section aria-labelledby="history">
        <h2 id="history">History</h2>
        {(history.Count == 0 ? Html.Of($"<p>No report has left this installation yet.</p>") : Table(history))}
        </section>
        """);

    private static Html Table(IReadOnlyList<LedgerEntry> history) => Html.Of($"""
        <p>{(history.Count > Shown ? $"The latest {Shown} of {history.Count} attempts" : "All attempts so far")}, the latest first.</p>
        <table>
        <thead><tr><th scope="col">When</th><th scope="col">What came of it</th></tr></thead>
        <tbody>{history.Take(Shown).Select(Row)}</tbody>
        </table>
        """);

    private static Html Row(LedgerEntry entry) => Html.Of($"""
        <tr><th scope="row" class="when">{SupportPage.Time(entry.At)}</th><td>
        <strong>{Words.Of(entry.Outcome)}</strong>
        <span class="wrap">{entry.Message}</span>
        <span class="hint wrap">Report {entry.ReportId}{(entry.Receipt is { } receipt ? Html.Of($", number {receipt.Number.ToString(CultureInfo.InvariantCulture)}") : default)}</span>
        <span class="hint wrap">SHA-256 <code>{entry.Digest}</code></span>
        </td></tr>
        """);
}
