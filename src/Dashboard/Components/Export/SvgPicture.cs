using System.Globalization;
using System.Net;
using System.Text;
using Telemetry.Dashboard.Components.Charts;

namespace Telemetry.Dashboard.Components.Export;

/// <summary>A scene as a file: one width, colors written out, nothing to fetch.</summary>
internal static class SvgPicture
{
    private const double Width = 960, Edge = 24, Head = 52, Foot = 40, Letter = 6.7;
    private const string Font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

    public static string Of(string title, Scene scene, Palette palette)
    {
        var left = Edge + Space(scene.Gutter);
        var plot = Width - Edge - Space(scene.Ends) - left;
        double X(double percent) => left + plot * percent / 100;
        var body = new StringBuilder();
        foreach (var rule in scene.Rules)
        {
            body.Append($"""<line x1="{At(X(rule.X1))}" x2="{At(X(rule.X2))}" y1="{At(rule.Y1)}" y2="{At(rule.Y2)}" {Style.Line(rule.Class, palette)}/>""");
        }
        foreach (var shape in scene.Shapes)
        {
            body.Append($"""<path d="{Stretch(shape.Path, left, plot)}" {Style.Shape(shape.Class, palette)}/>""");
        }
        foreach (var box in scene.Boxes)
        {
            body.Append($"""<rect x="{At(X(box.X))}" width="{At(plot * box.Width / 100)}" y="{At(box.Y)}" height="{At(box.Height)}" {Style.Fill(box.Class, palette)}/>""");
        }
        foreach (var dot in scene.Dots)
        {
            body.Append($"""<circle cx="{At(X(dot.X))}" cy="{At(dot.Y)}" r="3.5" {Style.Fill(dot.Class, palette)}/>""");
        }
        foreach (var label in scene.Labels)
        {
            body.Append(Text(X(label.X) + label.Shift, label.Y, label.Anchor, label.Class, label.Text, palette));
        }
        foreach (var label in scene.Gutter)
        {
            body.Append(Text(left - 8, label.Y + 4, "end", label.Class, label.Text, palette));
        }
        foreach (var label in scene.Ends)
        {
            body.Append(Text(left + plot + 8, label.Y + 4, "start", label.Class, label.Text, palette));
        }
        return Page(title, scene.Height, body.ToString(), palette);
    }

    /// <summary>The sheet around a drawing that is <paramref name="height"/> high.</summary>
    public static string Page(string title, double height, string body, Palette palette)
    {
        var full = At(height + Head + Foot);
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{At(Width)}" height="{full}" viewBox="0 0 {At(Width)} {full}" font-family="{Font}" font-size="12">
            <title>{WebUtility.HtmlEncode(title)}</title>
            <defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="1.5" height="5" fill="{palette["unknown"]}"/></pattern></defs>
            <rect width="100%" height="100%" fill="{palette["surface"]}"/>
            <text x="{At(Edge)}" y="32" font-size="16" font-weight="600" fill="{palette["ink"]}">{WebUtility.HtmlEncode(title)}</text>
            <g transform="translate(0 {At(Head)})">{body}</g>
            </svg>
            """;
    }

    private static string Text(double x, double y, string anchor, string style, string text, Palette palette) =>
        $"""<text x="{At(x)}" y="{At(y)}" text-anchor="{anchor}" {Style.Text(style, palette)}>{WebUtility.HtmlEncode(text)}</text>""";

    private static double Space(List<Label> labels) => labels.Count == 0 ? 0 : labels.Max(label => label.Text.Length) * Letter + 12;

    private static string At(double value) => Scene.At(value);

    /// <summary>An outline in a box that is so wide: of each point the number before the comma is moved.</summary>
    private static string Stretch(string path, double left, double width)
    {
        var parts = path.Split(',');
        for (var i = 0; i < parts.Length - 1; i++)
        {
            var at = parts[i].AsSpan().TrimEnd("-.0123456789").Length;
            var x = double.Parse(parts[i].AsSpan(at), CultureInfo.InvariantCulture);
            parts[i] = parts[i][..at] + At(left + width * x / Paths.Width);
        }
        return string.Join(',', parts);
    }

    /// <summary>What the style sheet says of a mark's classes.</summary>
    private static class Style
    {
        public static string Line(string style, Palette palette) => style switch
        {
            "base" => $"stroke=\"{palette["axis"]}\"",
            "cut" => $"stroke=\"{palette["axis"]}\" stroke-dasharray=\"1 3\"",
            "note-line" => $"stroke=\"{palette["axis"]}\" stroke-dasharray=\"2 3\"",
            "mark" => $"stroke=\"{palette["ink-2"]}\" stroke-width=\"2\"",
            _ => $"stroke=\"{palette["grid"]}\"",
        };

        public static string Shape(string style, Palette palette) => style switch
        {
            "prev" => $"fill=\"none\" stroke=\"{palette["previous"]}\" stroke-width=\"1.5\" stroke-dasharray=\"2 4\" stroke-linecap=\"round\"",
            "wash" => $"fill=\"{palette["s1"]}\" fill-opacity=\"0.12\"",
            _ when style.StartsWith("line", StringComparison.Ordinal) =>
                $"fill=\"none\" stroke=\"{palette[Token(style)]}\" stroke-width=\"2\" stroke-linejoin=\"round\" stroke-linecap=\"round\""
                + (style.Contains("part", StringComparison.Ordinal) ? " stroke-dasharray=\"5 4\"" : style.Contains("ku", StringComparison.Ordinal) ? " stroke-dasharray=\"8 3 2 3\"" : ""),
            _ when style.Contains("fu", StringComparison.Ordinal) => Fill(style, palette),
            _ => Fill(style, palette) + $" stroke=\"{palette["surface"]}\" stroke-width=\"1.5\"",
        };

        public static string Fill(string style, Palette palette) =>
            style.Contains("fu", StringComparison.Ordinal) ? $"fill=\"url(#hatch)\" stroke=\"{palette["unknown"]}\"" : $"fill=\"{palette[Token(style)]}\"";

        public static string Text(string style, Palette palette)
        {
            var color = style.Split(' ').FirstOrDefault(part => part is ['i' or 'q', >= '0' and <= '9']) is { } own
                ? own[0] == 'i' ? palette[own is "i1" ? "s1" : $"s{own[1]}-ink"]
                : palette[own[1] switch { '4' => "q4-ink", '5' => "q5-ink", '6' or '7' => "q-ink-strong", _ => "q-ink" }]
                : palette[style.Contains("quiet", StringComparison.Ordinal) || style.Contains("note", StringComparison.Ordinal) ? "ink-2" : "ink-3"];
            return $"fill=\"{color}\""
                + (style.Contains("own", StringComparison.Ordinal) ? " font-weight=\"500\"" : "")
                + (style.Contains("halo", StringComparison.Ordinal) ? $" paint-order=\"stroke\" stroke=\"{palette["surface"]}\" stroke-width=\"3\"" : "");
        }

        private static string Token(string style) => style.Split(' ')[^1] switch
        {
            "kc" => "previous",
            "kr" or "fr" => "rest",
            "ku" => "unknown",
            "fc" => "previous",
            "bar" or "lane" => "bar",
            "none" => "surface",
            ['k' or 'f', var digit] => "s" + digit,
            var token => token,
        };
    }
}
