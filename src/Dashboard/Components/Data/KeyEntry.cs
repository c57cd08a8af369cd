namespace Telemetry.Dashboard.Components.Data;

/// <summary>A mark and what it means.</summary>
/// <param name="Mark">Classes of the mark: "line k1", "prev", "box q3".</param>
public sealed record KeyEntry(string Mark, string Name);
