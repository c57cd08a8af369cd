using System.Globalization;

namespace Telemetry.Client.AspNetCore.Page;

/// <summary>What the server has of this installation: to be seen, and to be deleted.</summary>
internal static class CollectedPart
{
    public static Html Of(TelemetryStatus status, FormToken token) => Html.Of($"""
        <section aria-labelledby="collected">
        <h2 id="collected">What was collected</h2>
        {(status.LastDeletion is { } deleted ? Deleted(deleted) : default)}
        <form method="post">
        {token.Field}
        <p id="showing" class="hint">Asks the server for everything that it keeps of this installation, as a file with one JSON object per line:
        its state, then every report.</p>
        <button type="submit" name="{SupportCommand.ActionField}" value="collected" aria-describedby="showing">Show what was collected</button>
        </form>
        <form method="post">
        {token.Field}<input type="hidden" name="{SupportCommand.OnceField}" value="{Guid.NewGuid().ToString("N")}">
        <fieldset aria-describedby="deleting">
        <legend>Delete what was collected</legend>
        <p id="deleting" class="hint">The server erases all of it for good and gives a signed receipt. Deleting switches nothing off: the next
        report is that of a new installation. The history on this page stays; seats under licenses do, too.</p>
        {Html.When(status.Consent.Mode == ReportingMode.On, $"""
            <div class="choice">
            <input type="checkbox" id="delete-off" name="{SupportCommand.OffField}" value="{SupportCommand.Ticked}">
            <label for="delete-off">Switch reports off first</label>
            </div>
            """)}
        <div class="choice">
        <input type="checkbox" id="delete-confirm" name="{SupportCommand.ConfirmField}" value="{SupportCommand.Ticked}" required>
        <label for="delete-confirm">Delete it for good</label>
        </div>
        </fieldset>
        <button type="submit" name="{SupportCommand.ActionField}" value="delete" aria-describedby="deleting">Delete what was collected</button>
        </form>
        </section>
        """);

    private static Html Deleted(DeletionReceipt receipt) => Html.Of($"""
        <dl>
        <div><dt>Last deleted</dt><dd>{SupportPage.Time(receipt.DeletedAt)}, {receipt.Reports.ToString(CultureInfo.InvariantCulture)} {(receipt.Reports == 1 ? "report" : "reports")}</dd></div>
        <div><dt>Receipt</dt><dd><details><summary>Show the receipt</summary><code id="receipt" class="wrap">{receipt.Receipt}</code></details></dd></div>
        </dl>
        """);
}
