namespace Telemetry.Dashboard.Components.Data;

public sealed record SegmentedOption<T>(T Value, string Text, string? Icon = null);
