namespace Telemetry.Client;

/// <summary>One attempt to send a report, as the installation's own record has it.</summary>
public sealed record LedgerEntry
{
    /// <summary>When the attempt ended.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The report's id.</summary>
    public required string ReportId { get; init; }

    /// <summary>How it ended.</summary>
    public required SendResultKind Outcome { get; init; }

    /// <summary>The same in words; the server's where it answered.</summary>
    public required string Message { get; init; }

    /// <summary>SHA-256 of the report's bytes, as 64 lower-case hexadecimal digits.</summary>
    public required string Digest { get; init; }

    /// <summary>The report as protobuf JSON; a subscription key is shown as "(withheld)".</summary>
    public required string Report { get; init; }

    /// <summary>What the server said about the stored report; null unless it stored one.</summary>
    public ReportReceipt? Receipt { get; init; }
}
