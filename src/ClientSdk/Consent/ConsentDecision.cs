namespace Telemetry.Client;

/// <summary>The one answer to "is it on or off, and why".</summary>
public sealed record ConsentDecision
{
    /// <summary>What holds.</summary>
    public required ReportingMode Mode { get; init; }

    /// <summary>Who decided it.</summary>
    public required ConsentSource Source { get; init; }

    /// <summary>The same in a sentence or two, with how to change it.</summary>
    public required string Explanation { get; init; }
}
