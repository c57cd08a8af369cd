namespace Telemetry.Client.AspNetCore.Page;

/// <summary>The button, the last report and the next one.</summary>
internal static class SendPart
{
    public static Html Of(TelemetryStatus status, FormToken token, DateTimeOffset now) => Html.Of($"""
        <section aria-labelledby="send">
        <h2 id="send">Reports</h2>
        <dl>
        <div><dt>Last attempt</dt><dd>{(status.LastAttemptAt is { } at ? SupportPage.Time(at) : Html.Of($"none yet"))}</dd></div>
        {(status.LastOutcome is { } outcome ? Outcome(outcome, status.LastMessage) : default)}
        <div><dt>Last report stored</dt><dd>{(status.LastSuccessAt is { } stored ? SupportPage.Time(stored) : Html.Of($"none yet"))}</dd></div>
        <div><dt>Next attempt</dt><dd>{Next(status, now)}</dd></div>
        </dl>
        <form method="post">
        {token.Field}<input type="hidden" name="{SupportCommand.OnceField}" value="{Guid.NewGuid().ToString("N")}">
        <p id="sending" class="hint">Sends one report at once and says what became of it. Switches nothing on.</p>
        <button type="submit" name="{SupportCommand.ActionField}" value="send" aria-describedby="sending">Send report now</button>
        </form>
        </section>
        """);

    private static Html Outcome(SendResultKind outcome, string message) =>
        Html.Of($"""<div><dt>What came of it</dt><dd class="wrap">{Words.Of(outcome)}. {message}</dd></div>""");

    private static Html Next(TelemetryStatus status, DateTimeOffset now) => status.NextAttemptAt switch
    {
        null => Html.Of($"none, because reports are not on"),
        { } next when next <= now => Html.Of($"due now; it goes out within ten minutes"),
        { } next => SupportPage.Time(next),
    };
}
