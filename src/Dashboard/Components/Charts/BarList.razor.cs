using System.Globalization;
using Microsoft.AspNetCore.Components;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Components.Export;

namespace Telemetry.Dashboard.Components.Charts;

/// <summary>One dimension now: a table with a drawn column, from zero.</summary>
/// <remarks>Bars keep the order they are given in, but rest comes after them and unknown last.</remarks>
public sealed partial class BarList : Chart
{
    private Bar[] _bars = [];
    private double _most = 1, _total;
    private string _width = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<Bar> Bars { get; set; } = [];

    /// <summary>What the names are: "Country".</summary>
    [Parameter, EditorRequired]
    public string Dimension { get; set; } = "";

    /// <summary>What is counted; installations when left out.</summary>
    [Parameter]
    public string? Measure { get; set; }

    /// <summary>What shares are of; the sum when left out.</summary>
    [Parameter]
    public double? Total { get; set; }

    [Parameter]
    public Unit Unit { get; set; }

    /// <summary>The period of the marks in words: "90 days before".</summary>
    [Parameter]
    public string? BeforeName { get; set; }

    [Parameter]
    public EventCallback<Selection> OnSelect { get; set; }

    /// <summary>Means and shares are not parts of anything.</summary>
    private bool HasShare => Unit is Unit.Count or Unit.Bytes;

    protected override void OnParametersSet()
    {
        _bars = [.. Bars.OrderBy(bar => bar.Kind switch { BarKind.Rest => 1, BarKind.Unknown => 2, _ => 0 })];
        _total = Total ?? Bars.Sum(bar => bar.Count);
        _most = Math.Max(_bars.Select(bar => Math.Max(bar.Count, bar.Before ?? 0)).DefaultIfEmpty().Max() * 1.02, double.Epsilon);
        _width = _bars.Select(bar => bar.Name.Length).DefaultIfEmpty().Max() switch { <= 9 => "short", <= 15 => "medium", _ => "long" };
        Changed();
    }

    /// <summary>"Germany: 608 of 2,591 (23.5%); 90 days before: 602".</summary>
    private string Explain(Bar bar) => $"{bar.Name}: "
        + (HasShare && (bar.Of ?? _total) is > 0 and var whole ? Words.OfWhole(Formats.Value(bar.Count, Unit), Formats.Value(whole, Unit), Formats.Share(bar.Count, whole)) : Formats.Value(bar.Count, Unit))
        + (bar.Before is { } before ? $"; {BeforeName ?? Words.BeforeName}: {Formats.Value(before, Unit)}" : "");

    internal static string? Class(BarKind kind) => kind switch
    {
        BarKind.Out => "is-out",
        BarKind.Rest => "is-rest",
        BarKind.Unknown => "is-unknown",
        _ => null,
    };

    public override ChartTable Table()
    {
        var before = _bars.Any(bar => bar.Before is not null);
        List<ChartColumn> columns = [new(Dimension, Numeric: false), new(Measure ?? Words.Count)];
        if (HasShare)
        {
            columns.Add(new(Words.Share));
        }
        if (before)
        {
            columns.Add(new(BeforeName ?? Words.BeforeName));
        }
        return new(Title, columns, [.. _bars.Select(IReadOnlyList<Cell> (bar) =>
        {
            var whole = bar.Of ?? _total;
            List<Cell> row = [new(bar.Name, bar.Name), Ground.Cell(Words, bar.Count, Unit, "")];
            if (HasShare)
            {
                row.Add(new(Formats.Share(bar.Count, whole), whole == 0 ? "" : (bar.Count / whole).ToString("R", CultureInfo.InvariantCulture)));
            }
            if (before)
            {
                row.Add(Ground.Cell(Words, bar.Before, Unit, Formats.Nothing));
            }
            return row;
        })]);
    }

    public override string Svg(Palette palette)
    {
        const double line = 26;
        var scene = new Scene(line * _bars.Length);
        for (var i = 0; i < _bars.Length; i++)
        {
            var (bar, y) = (_bars[i], line * i);
            scene.Gutter.Add(new(Labels.Short(bar.Name, 30), 0, y + 12));
            scene.Boxes.Add(new(0, 100 * bar.Count / _most, y + 5, 14, bar.Kind switch { BarKind.Out => "s2", BarKind.Rest => "rest", BarKind.Unknown => "fu", _ => "bar" }));
            if (bar.Before is { } before)
            {
                scene.Rules.Add(new(100 * before / _most, 100 * before / _most, y + 3, y + 21, "mark"));
            }
            scene.Ends.Add(new(Formats.Value(bar.Count, Unit) + (HasShare ? $" · {Formats.Share(bar.Count, bar.Of ?? _total)}" : ""), 0, y + 12, "quiet"));
        }
        return SvgPicture.Of(Title, scene, palette);
    }
}
