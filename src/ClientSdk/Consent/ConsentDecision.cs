namespace Telemetry.Client;

/// <summary>The one answer to "is it on or off, and why".</summary>
/// <param name="Mode">What holds.</param>
/// <param name="Source">Who decided it.</param>
/// <param name="Explanation">The same in a sentence or two, with how to change it.</param>
public sealed record ConsentDecision(ReportingMode Mode, ConsentSource Source, string Explanation);
