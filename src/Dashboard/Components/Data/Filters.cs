namespace Telemetry.Dashboard.Components.Data;

/// <summary>One condition: a dimension is, or is not, one of some values.</summary>
/// <param name="Values">In the order they were chosen.</param>
public sealed record Filter(string Dimension, string Name, IReadOnlyList<FilterValue> Values, bool Not = false);

/// <summary>A value that can be chosen.</summary>
/// <param name="Count">How many have it under the other filters; nothing when that is not known yet.</param>
public sealed record FilterValue(string Key, string Name, double? Count = null, bool Unknown = false);

/// <summary>A dimension that can be filtered by.</summary>
public sealed record Dimension(string Key, string Name);

/// <summary>One of the choices that are always there: app, active window, time, comparison.</summary>
/// <param name="What">The word before the value; may be empty.</param>
public sealed record Scope(string Key, string What, IReadOnlyList<FilterValue> Options, string Chosen);

/// <summary>Which values a dimension has, under the other filters and for what was typed.</summary>
public delegate ValueTask<IReadOnlyList<FilterValue>> FindValues(string dimension, string typed, CancellationToken cancellation);
