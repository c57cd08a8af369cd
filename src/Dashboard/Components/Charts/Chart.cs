using Microsoft.AspNetCore.Components;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Components.Export;

namespace Telemetry.Dashboard.Components.Charts;

/// <summary>A chart that its panel can show as a table and save as a file.</summary>
public abstract class Chart : Spoken, IDisposable
{
    /// <summary>What the chart is of: the start of its name, the caption of its table.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>A sentence that says what is to be seen; computed when left out.</summary>
    [Parameter]
    public string? Label { get; set; }

    [CascadingParameter]
    internal ChartList? Panel { get; set; }

    /// <summary>Every figure of the chart.</summary>
    public abstract ChartTable Table();

    /// <summary>The chart as a picture that needs nothing else.</summary>
    public abstract string Svg(Palette palette);

    protected override void OnInitialized() => Panel?.Add(this);

    /// <summary>Called after the parameters are set and computed.</summary>
    protected void Changed() => Panel?.Tell();

    protected virtual void Close()
    {
    }

    public void Dispose()
    {
        Panel?.Remove(this);
        Close();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The charts of one panel.</summary>
internal sealed class ChartList
{
    private readonly List<Chart> _charts = [];

    /// <summary>Another chart, or one that is gone.</summary>
    public event Action? Listed;

    /// <summary>New figures.</summary>
    public event Action? Changed;

    public IReadOnlyList<Chart> All => _charts;

    public void Add(Chart chart)
    {
        _charts.Add(chart);
        Listed?.Invoke();
    }

    public void Remove(Chart chart)
    {
        _charts.Remove(chart);
        Listed?.Invoke();
    }

    public void Tell() => Changed?.Invoke();
}
