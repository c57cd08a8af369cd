using Telemetry.Server.Model;

namespace Telemetry.Server.Ingestion;

/// <summary>What became of a submitted report. Edges translate it into their statuses.</summary>
internal abstract record SubmitOutcome
{
    /// <summary>Stored durably, now or, for a repetition, before.</summary>
    internal sealed record Accepted(
        Guid ReportId, FeedPosition Position, DateTimeOffset AcceptedAt, ClaimVerdict Verdict,
        DateTimeOffset NextReportNotBefore) : SubmitOutcome;

    /// <summary>Breaks rules; all of them are listed.</summary>
    internal sealed record Invalid(IReadOnlyList<Violation> Violations) : SubmitOutcome;

    /// <summary>This installation and app reported a short while ago.</summary>
    internal sealed record TooSoon(DateTimeOffset LastAcceptedAt, DateTimeOffset NextReportNotBefore, TimeSpan RetryAfter)
        : SubmitOutcome;

    /// <summary>The installation is not known, and its caller brought in as many as it may for now.</summary>
    internal sealed record TooManyNew(TimeSpan RetryAfter) : SubmitOutcome;

    /// <summary>More is coming in than can be stored.</summary>
    internal sealed record Busy(TimeSpan RetryAfter) : SubmitOutcome;

    /// <summary>The store cannot commit, or the server is stopping.</summary>
    internal sealed record Unavailable(TimeSpan RetryAfter) : SubmitOutcome;
}
