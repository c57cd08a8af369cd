namespace Telemetry.Dashboard.Components.Data;

/// <summary>A value that was pressed, to become a filter.</summary>
/// <param name="Exclude">With Alt: "is not".</param>
public readonly record struct Selection(string Key, bool Exclude);
