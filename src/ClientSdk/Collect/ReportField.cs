namespace Telemetry.Client;

/// <summary>One field of a report, for a person to look at.</summary>
public sealed record ReportField
{
    /// <summary>Path in telemetry.v1.Report, e.g. "environment.os_family".</summary>
    public required string Path { get; init; }

    /// <summary>Why it is collected, one sentence.</summary>
    public required string Purpose { get; init; }

    /// <summary>Its value in words, "(withheld)" for a secret; null: this report does not carry the field.</summary>
    public string? Value { get; init; }

    /// <summary>Whether it is used once by the server and stored nowhere.</summary>
    public bool Secret { get; init; }

    /// <summary>Version of the field list that introduced it.</summary>
    public uint SinceVersion { get; init; }
}
