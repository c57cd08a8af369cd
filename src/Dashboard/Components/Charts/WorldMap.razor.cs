using System.Net;
using System.Text;
using Microsoft.AspNetCore.Components;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Components.Export;

namespace Telemetry.Dashboard.Components.Charts;

/// <summary>Where: a map in steps of a ratio, always beside its ranked list, for small states have no shape.</summary>
/// <remarks>The shapes are a file of their own that the browser fetches once, when the first map is shown; no script reads it.</remarks>
public sealed partial class WorldMap : Chart
{
    private Place[] _known = [], _shapes = [];
    private Bar[] _bars = [];
    private Steps _steps = new([]);
    private string _label = "";
    private double _total;
    private bool _all;

    [Parameter, EditorRequired]
    public IReadOnlyList<Place> Places { get; set; } = [];

    /// <summary>The heading of the countries.</summary>
    [Parameter, EditorRequired]
    public string Dimension { get; set; } = "";

    [Parameter]
    public string? Measure { get; set; }

    /// <summary>What is counted, after the limits of the steps: "installations".</summary>
    [Parameter]
    public string Noun { get; set; } = "";

    [Parameter]
    public string? BeforeName { get; set; }

    [Parameter]
    public IReadOnlyList<Ping> Pings { get; set; } = [];

    /// <summary>Only where the page itself has the list beside the map.</summary>
    [Parameter]
    public bool ShowList { get; set; } = true;

    /// <summary>How many countries the list has before the rest is folded.</summary>
    [Parameter]
    public int Shown { get; set; } = 8;

    [Parameter]
    public EventCallback<Selection> OnSelect { get; set; }

    protected override void OnParametersSet()
    {
        _known = [.. Places.Where(place => place.Kind == BarKind.Ordinary).OrderByDescending(place => place.Count)];
        _shapes = [.. _known.Where(place => place.Count > 0 && Geography.All.ContainsKey(place.Code))];
        _steps = Steps.Ratios(_known.Select(place => place.Count).DefaultIfEmpty(1).Max());
        _total = Places.Sum(place => place.Count);
        _label = Words.MapIs(Title, [.. _known.Take(5).Select(place => $"{place.Name} {Formats.Count(place.Count)}")]);
        List();
        Changed();
    }

    private void List()
    {
        var shown = _all || _known.Length <= Shown + 1 ? _known.Length : Shown;
        var folded = _known.Skip(shown).ToArray();
        _bars =
        [
            .. _known.Take(shown).Select(place => new Bar(place.Name, place.Count, place.Code, place.Before)),
            .. folded.Length == 0 ? [] : new[] { new Bar(Words.MoreCountries(folded.Length), folded.Sum(place => place.Count)) { Kind = BarKind.Rest } },
            .. Places.Where(place => place.Kind != BarKind.Ordinary).Select(place => new Bar(place.Name, place.Count, place.Code.Length > 0 ? place.Code : null, place.Before) { Kind = place.Kind }),
        ];
    }

    private void Turn()
    {
        _all = !_all;
        List();
    }

    public override ChartTable Table() => new(Title, [new(Dimension, Numeric: false), new(Measure ?? Words.Count), new(Words.Share)],
        [.. _known.Concat(Places.Where(place => place.Kind != BarKind.Ordinary)).Select(IReadOnlyList<Cell> (place) =>
        [
            new(place.Name, place.Code.Length > 0 ? place.Code : place.Name),
            Ground.Cell(Words, place.Count, Unit.Count, ""),
            Ground.Cell(Words, _total == 0 ? null : place.Count / _total, Unit.Share, Formats.Nothing),
        ])]);

    public override string Svg(Palette palette)
    {
        var body = new StringBuilder("""<g transform="translate(0 -10) scale(1.02) translate(-10 0)">""");
        body.Append($"""<use href="{Geography.File}#land" fill="{palette["land"]}" stroke="{palette["surface"]}" stroke-width="0.6"/>""");
        foreach (var place in _shapes)
        {
            body.Append($"""<use href="{Geography.File}#{WebUtility.HtmlEncode(place.Code)}" fill="{palette["q" + Scene.At(_steps.Of(place.Count))]}" stroke="{palette["surface"]}" stroke-width="0.6"/>""");
        }
        body.Append("</g>");
        for (var i = 0; i < _steps.Limits.Count; i++)
        {
            body.Append($"""<rect x="{24 + 20 * i}" y="446" width="20" height="12" fill="{palette["q" + Scene.At(_steps.Of(_steps.Limits[i]))]}"/>""");
        }
        body.Append($"""<text x="{32 + 20 * _steps.Limits.Count}" y="456" fill="{palette["ink-2"]}">{WebUtility.HtmlEncode(Words.Steps(_steps.Limits.Select(limit => Formats.Count(limit)), Noun) + " · " + Words.MapOrigin)}</text>""");
        return SvgPicture.Page(Title, 440, body.ToString(), palette);
    }
}
