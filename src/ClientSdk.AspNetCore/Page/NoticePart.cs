namespace Telemetry.Client.AspNetCore.Page;

/// <summary>What came of the last action. Gets the focus, so that it is read first.</summary>
internal static class NoticePart
{
    public static Html Of(Notice notice) => Html.Of($"""
        <section class="notice {(notice.Good ? "good" : "bad")}" role="{(notice.Good ? "status" : "alert")}" aria-labelledby="result" tabindex="-1" autofocus>
        <h2 id="result">{notice.Title}</h2>
        <p>{notice.Message}</p>
        {(notice.Violations.Count == 0 ? default : Violations(notice))}
        {(notice.Details.Count == 0 ? default : Html.Of($"<dl>{notice.Details.Select(Detail)}</dl>"))}
        </section>
        """);

    private static Html Violations(Notice notice) => Html.Of($"""
        <ul>
        {notice.Violations.Select(violation => Html.Of($"<li>{SupportPage.Path(violation.Name)}: {violation.Text}</li>"))}
        {Html.When(notice.MoreViolations > 0, $"<li>and {notice.MoreViolations} more</li>")}
        </ul>
        """);

    private static Html Detail(NoticeDetail detail) =>
        Html.Of($"""<div><dt>{detail.Name}</dt><dd class="wrap">{detail.Text}</dd></div>""");
}
