using Microsoft.AspNetCore.Components;

namespace Telemetry.Dashboard.Components;

/// <summary>A component that shows texts and numbers.</summary>
public abstract class Spoken : ComponentBase
{
    private static int _last;

    [Inject]
    protected Words Words { get; set; } = null!;

    protected Formats Formats => Words.Formats;

    /// <summary>An id for what one element says of another.</summary>
    protected string Id { get; } = "i" + Interlocked.Increment(ref _last).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
