namespace Telemetry.Client.AspNetCore.Page;

/// <summary>The fields that nobody here agreed to yet; nothing when there are none.</summary>
internal static class NewFieldsPart
{
    public static Html Of(SupportView view, FormToken token) => view.Status.WithheldFields.Count == 0
        ? default
        : Html.Of($"""
            <section class="notice new" aria-labelledby="new">
            <h2 id="new">New fields, not sent yet</h2>
            <p>This version of the app knows fields that nobody here agreed to. They are left out of every report until
            somebody does.</p>
            <ul>{Newer(view).Select(field => Html.Of($"<li>{SupportPage.Path(field.Path)}: {field.Purpose}</li>"))}</ul>
            {((view.Status.Choice ?? view.Status.Consent.Mode) == ReportingMode.Off
                ? Html.Of($"<p>Switching on or local agrees to them.</p>")
                : Agree(view.Status, token))}
            </section>
            """);

    private static IEnumerable<ReportField> Newer(SupportView view) =>
        view.Fields.Where(field => view.Status.WithheldFields.Contains(field.Path));

    private static Html Agree(TelemetryStatus status, FormToken token) => Html.Of($"""
        <form method="post">
        {token.Field}{SupportPage.ListField(status)}
        <button type="submit" name="{SupportCommand.ActionField}" value="agree">Agree to the new fields</button>
        </form>
        """);
}
