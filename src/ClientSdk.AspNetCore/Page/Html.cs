namespace Telemetry.Client.AspNetCore.Page;

/// <summary>Markup. Comes into being only from this assembly's literals, with everything between them encoded.</summary>
internal readonly struct Html
{
    private readonly string? _markup;

    private Html(string markup) => _markup = markup;

    /// <param name="markup">An interpolated string: its text is markup, its holes are encoded unless they are markup too.</param>
    public static Html Of(HtmlInterpolation markup) => new(markup.ToString());

    /// <summary>The markup when something holds, else nothing.</summary>
    public static Html When(bool holds, HtmlInterpolation markup) => holds ? Of(markup) : default;

    public override string ToString() => _markup ?? "";
}
