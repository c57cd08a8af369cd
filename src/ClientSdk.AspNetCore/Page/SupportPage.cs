namespace Telemetry.Client.AspNetCore.Page;

/// <summary>The whole page.</summary>
internal static class SupportPage
{
    /// <param name="view">What is to be seen.</param>
    /// <param name="notice">What came of the last action; null: there was none.</param>
    /// <param name="token">Goes into every form.</param>
    /// <param name="nonce">Allows the style sheet.</param>
    /// <param name="now">The time.</param>
    public static Html Of(SupportView view, Notice? notice, FormToken token, string nonce, DateTimeOffset now)
    {
        var app = view.Status.DisplayName;
        // The result comes first in the title, because that is what a screen reader says first.
        return Html.Of($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{(notice is null ? default : Html.Of($"{notice.Title} – "))}Usage reports – {app}</title>
            <style nonce="{nonce}">{PageStyle.Sheet}</style>
            </head>
            <body>
            <header>
            <h1>Usage reports</h1>
            <p>{app} {view.Status.AppVersion} reports to <span class="wrap">{view.Status.Server.ToString()}</span>. This page
            shows all of it: what is in a report and why, when it goes out, and what became of it.</p>
            </header>
            <main>
            {(notice is null ? default : NoticePart.Of(notice))}
            {NewFieldsPart.Of(view, token)}
            {SwitchPart.Of(view.Status, token)}
            {SendPart.Of(view.Status, token, now)}
            {HistoryPart.Of(view.History)}
            {CollectedPart.Of(view.Status, token)}
            {PreviewPart.Of(view)}
            {FieldsPart.Of(view)}
            </main>
            <footer><p>Kept in <span class="wrap">{view.Status.StateDirectory}</span>. All times are UTC.</p></footer>
            </body>
            </html>
            """);
    }

    /// <summary>A moment, for people and for programs; breaks between date and time only.</summary>
    public static Html Time(DateTimeOffset moment)
    {
        var parts = Words.Of(moment).Split(' ', 2).Select(part => Html.Of($"""<span class="keep">{part}</span> """));
        return Html.Of($"""<time datetime="{moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", null)}">{parts}</time>""");
    }

    /// <summary>A field's path, which may break after its dots.</summary>
    public static Html Path(string path) =>
        Html.Of($"<code>{path.Split('.').Select((part, i) => i == 0 ? Html.Of($"{part}") : Html.Of($".<wbr>{part}"))}</code>");

    /// <summary>The version of the list that the administrator sees, so that nobody agrees to another one.</summary>
    public static Html ListField(TelemetryStatus status) => Html.Of(
        $"""<input type="hidden" name="{SupportCommand.ListField}" value="{status.FieldListVersion.ToString(null, null)}">""");
}
