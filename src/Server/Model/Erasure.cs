namespace Telemetry.Server.Model;

/// <summary>One installation of one app whose reports were erased. It names nobody: only numbers, and a tombstone.</summary>
/// <param name="Sequence">1, 2, 3 …</param>
/// <param name="After">Number of the newest event at that time.</param>
/// <param name="Time">When, UTC, whole milliseconds.</param>
/// <param name="App">The app's slug.</param>
/// <param name="Numbers">Of the erased reports that were still kept, ascending, merged where adjacent.</param>
/// <param name="Tombstone">What its caller tells it by.</param>
internal sealed record Erasure(
    long Sequence, long After, DateTimeOffset Time, string App, IReadOnlyList<NumberRange> Numbers, UInt128 Tombstone);

/// <summary>Numbers of events from one through another.</summary>
internal readonly record struct NumberRange(long First, long Last);
