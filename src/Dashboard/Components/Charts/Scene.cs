namespace Telemetry.Dashboard.Components.Charts;

/// <summary>What a chart is made of. X is a share of the width in percent, Y is pixels from the top.</summary>
/// <remarks>
/// One geometry, two renderings: <c>Plot</c> writes it into the page, where nothing is measured and nothing is drawn again
/// when the width changes, and <c>SvgPicture</c> into a file. Classes name what a mark means; colors are the style's.
/// </remarks>
public sealed record Scene(double Height)
{
    /// <summary>Outlines and areas in a box of 1000 by <see cref="Height"/> that is stretched in X only.</summary>
    public List<Shape> Shapes { get; } = [];

    public List<Rule> Rules { get; } = [];
    public List<Box> Boxes { get; } = [];
    public List<Dot> Dots { get; } = [];
    public List<Label> Labels { get; } = [];

    /// <summary>Left of the plot: what the grid lines, or the rows, are.</summary>
    public List<Label> Gutter { get; } = [];

    /// <summary>Right of the plot: what the lines are, with their last value.</summary>
    public List<Label> Ends { get; } = [];

    /// <summary>Under the plot.</summary>
    public bool HasTicks => Labels.Exists(label => label.Class.StartsWith('t'));

    /// <summary>A percentage, or a position in the stretched box, as an attribute.</summary>
    public static string At(double value) => Math.Round(value, 2).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);
}

public sealed record Shape(string Path, string Class);

public sealed record Rule(double X1, double X2, double Y1, double Y2, string Class);

public sealed record Box(double X, double Width, double Y, double Height, string Class, string? Title = null);

public sealed record Dot(double X, double Y, string Class);

/// <param name="Shift">Pixels beside X.</param>
/// <param name="Anchor">start, middle or end.</param>
/// <param name="Mark">Of an end, the mark it belongs to, for the key that stands in for it where there is no room.</param>
public sealed record Label(string Text, double X, double Y, string Class = "", string Anchor = "start", double Shift = 0, string? Mark = null);
