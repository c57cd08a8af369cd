namespace Telemetry.Client.AspNetCore.Page;

/// <summary>What is collected and why.</summary>
internal static class FieldsPart
{
    public static Html Of(SupportView view)
    {
        var fields = view.Preview?.Fields ?? view.Fields;
        return Html.Of($"""
            <section aria-labelledby="fields">
            <h2 id="fields">What is collected</h2>
            <p>These are all the fields that a report can carry, {Values(view)}.</p>
            <table>
            <thead><tr><th scope="col">Field and purpose</th><th scope="col">Value</th></tr></thead>
            {fields.GroupBy(GroupOf).Select(group => Group(view, group.Key, group))}
            </table>
            </section>
            """);
    }

    private static string Values(SupportView view) => view switch
    {
        { Preview: not null } => "with their values as of now",
        { PreviewProblem: not null } => "without values, because they cannot be collected at the moment",
        _ => "without values, because nothing is collected while reports are off",
    };

    /// <summary>Fields of the report itself have no group of their own.</summary>
    private static string GroupOf(ReportField field) => field.Path.IndexOf('.', StringComparison.Ordinal) switch
    {
        -1 => "report",
        var dot => field.Path[..dot],
    };

    private static Html Group(SupportView view, string name, IEnumerable<ReportField> fields) => Html.Of($"""
        <tbody>
        <tr class="group"><th scope="rowgroup" colspan="2">{Words.OfName(name)}</th></tr>
        {fields.Select(field => Row(view, field))}
        </tbody>
        """);

    private static Html Row(SupportView view, ReportField field) => Html.Of($"""
        <tr><th scope="row">{SupportPage.Path(field.Path)}<span class="hint">{field.Purpose}</span></th><td>{Value(view, field)}</td></tr>
        """);

    private static Html Value(SupportView view, ReportField field)
    {
        if (field.Value is { } value)
        {
            return Html.Of($"""
                <span class="wrap">{value}</span>{Html.When(field.Secret, $"""<span class="hint">Sent to be checked, stored nowhere.</span>""")}
                """);
        }

        if (view.Status.WithheldFields.Contains(field.Path))
        {
            return Html.Of($"""<span class="none">withheld: nobody agreed yet</span>""");
        }

        return view.Preview is null ? Html.Of($"""<span class="none">–</span>""") : Html.Of($"""<span class="none">not sent</span>""");
    }
}
