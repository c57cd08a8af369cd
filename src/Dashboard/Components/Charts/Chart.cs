using Microsoft.AspNetCore.Components;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Components.Export;

namespace Telemetry.Dashboard.Components.Charts;

/// <summary>A chart that its panel can show as a table and save as a file.</summary>
public abstract class Chart : Spoken, ISaved, IDisposable
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

/// <summary>Figures that their panel can save as a file.</summary>
internal interface ISaved
{
    string Title { get; }

    ChartTable Table();
}

/// <summary>The charts and tables of one panel.</summary>
internal sealed class ChartList
{
    private readonly List<ISaved> _all = [];

    /// <summary>Another chart, or one that is gone.</summary>
    public event Action? Listed;

    /// <summary>New figures.</summary>
    public event Action? Changed;

    public IReadOnlyList<ISaved> All => _all;

    /// <summary>Those that are drawn: they have a picture, and a table in their place.</summary>
    public IReadOnlyList<Chart> Charts => [.. _all.OfType<Chart>()];

    public void Add(ISaved saved)
    {
        _all.Add(saved);
        Listed?.Invoke();
    }

    public void Remove(ISaved saved)
    {
        _all.Remove(saved);
        Listed?.Invoke();
    }

    public void Tell() => Changed?.Invoke();
}
