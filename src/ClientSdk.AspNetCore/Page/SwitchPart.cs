namespace Telemetry.Client.AspNetCore.Page;

/// <summary>On, local or off, and why.</summary>
internal static class SwitchPart
{
    public static Html Of(TelemetryStatus status, FormToken token) => Html.Of($"""
        <section aria-labelledby="switch">
        <h2 id="switch">Switch</h2>
        <p class="state {SupportCommand.NameOf(status.Consent.Mode)}">{status.Consent.Explanation}</p>
        <form method="post">
        {token.Field}{SupportPage.ListField(status)}
        <fieldset aria-describedby="{(Overruled(status) is null ? "agreement" : "overruled agreement")}">
        <legend>What this installation does</legend>
        {Choice(status, ReportingMode.On, "On", "Collects a report and sends it once a day.")}
        {Choice(status, ReportingMode.Local, "Local", "Collects a report to show it here, and sends nothing.")}
        {Choice(status, ReportingMode.Off, "Off", "Collects nothing and sends nothing.")}
        </fieldset>
        {(Overruled(status) is { } until ? Html.Of($"""<p id="overruled" class="hint"><strong>Not in effect at once:</strong> {until}</p>""") : default)}
        <p id="agreement" class="hint">On and local agree to all fields that this page lists.</p>
        <button type="submit" name="{SupportCommand.ActionField}" value="switch">Save</button>
        </form>
        </section>
        """);

    private static Html Choice(TelemetryStatus status, ReportingMode mode, string name, string meaning)
    {
        var value = SupportCommand.NameOf(mode);
        var chosen = (status.Choice ?? status.Consent.Mode) == mode;
        return Html.Of($"""
            <div class="choice">
            <input type="radio" id="mode-{value}" name="{SupportCommand.ModeField}" value="{value}" aria-describedby="means-{value}"{Html.When(chosen, $" checked")}>
            <label for="mode-{value}">{name}</label>
            <span id="means-{value}" class="hint">{meaning}</span>
            </div>
            """);
    }

    /// <summary>What keeps the administrator's choice from taking effect; null: nothing.</summary>
    private static string? Overruled(TelemetryStatus status) => status.Consent.Source switch
    {
        ConsentSource.Environment =>
            "your choice is saved, but takes effect only after the environment variable is removed and the app is started again.",
        ConsentSource.CommandLine =>
            "your choice is saved, but one that allows more takes effect only after the app is started without its "
            + "command line's restriction.",
        ConsentSource.Development =>
            "your choice is saved, but one that allows more takes effect only outside of the Development environment.",
        _ => null,
    };
}
