using System.Text.RegularExpressions;
using AngleSharp.Dom;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Telemetry.Dashboard.Tests.Components;

/// <summary>Renders components in one language, with a clock of its own and a browser that answers everything.</summary>
public abstract partial class Shown : BunitContext
{
    protected Shown(string language = "en")
    {
        Words = Words.For(language);
        Services.AddSingleton(Words);
        Services.AddSingleton<TimeProvider>(Clock);
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    protected Words Words { get; }

    protected FakeTimeProvider Clock { get; } = new(new(2026, 11, 26, 14, 32, 7, TimeSpan.Zero));

    protected static readonly DateOnly Today = new(2026, 11, 26);

    protected Axis Days(int count) => Axis.Days(Words, Today.AddDays(1 - count), count);

    protected static double?[] Values(params double?[] values) => values;

    /// <summary>A percentage or a number of an attribute.</summary>
    protected static double Number(IElement element, string attribute) =>
        double.Parse(element.GetAttribute(attribute)!.TrimEnd('%'), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The points of an outline.</summary>
    protected static (double X, double Y)[] Points(string path) =>
        [.. Point().Matches(path).Select(match => (Read(match.Groups[1]), Read(match.Groups[2])))];

    protected static string Text(IElement element) => Blank().Replace(element.TextContent, " ").Trim();

    private static double Read(Group group) => double.Parse(group.ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(-?[\d.]+),(-?[\d.]+)")]
    private static partial Regex Point();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
