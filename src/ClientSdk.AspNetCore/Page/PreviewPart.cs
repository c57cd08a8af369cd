namespace Telemetry.Client.AspNetCore.Page;

/// <summary>The report as it would go out, byte for byte.</summary>
internal static class PreviewPart
{
    public static Html Of(SupportView view) => Html.Of($"""
        <section aria-labelledby="preview">
        <h2 id="preview">The next report</h2>
        {(view.Preview is { } preview ? Of(preview) : None(view.PreviewProblem))}
        </section>
        """);

    private static Html Of(ReportPreview preview) => Html.Of($"""
        <p>Made by the very function that sends. The receipt of a sent report repeats the digest, and so does the history.</p>
        <dl>
        <div><dt>Size</dt><dd>{preview.Bytes.Length} bytes</dd></div>
        <div><dt>SHA-256</dt><dd class="wrap"><code id="digest">{preview.Digest}</code></dd></div>
        </dl>
        <details>
        <summary>Show the report</summary>
        <pre tabindex="0" role="region" aria-label="The report as JSON"><code>{preview.Json}</code></pre>
        </details>
        """);

    private static Html None(string? problem) => problem is null
        ? Html.Of($"<p>There is none: while reports are off, nothing is collected. Choose local to see one without sending it.</p>")
        : Html.Of($"<p><strong>There is none to show.</strong> {problem}</p>");
}
