using Telemetry.Server.Model;
using Telemetry.Schema;

namespace Telemetry.Server.Ingestion;

/// <summary>What became of a submitted report. Edges translate it into their statuses.</summary>
internal abstract record SubmitOutcome
{
    /// <summary>Stored durably, now or, for a repetition, before.</summary>
    /// <param name="Sha256">Of the bytes that were read; null when others are stored under this id.</param>
    /// <param name="Dropped">Paths of fields whose value is not known and was dropped.</param>
    internal sealed record Accepted(
        Guid ReportId, FeedPosition Position, DateTimeOffset AcceptedAt, ClaimVerdict Verdict,
        DateTimeOffset NextReportNotBefore, byte[]? Sha256, IReadOnlyList<string> Dropped) : SubmitOutcome;

    /// <summary>Breaks rules; all of them are listed.</summary>
    internal sealed record Invalid(IReadOnlyList<Violation> Violations) : SubmitOutcome;

    /// <summary>This installation and app reported a short while ago.</summary>
    internal sealed record TooSoon(DateTimeOffset LastAcceptedAt, DateTimeOffset NextReportNotBefore, DateTimeOffset Now)
        : SubmitOutcome
    {
        public TimeSpan RetryAfter => TimeSpan.FromSeconds(Math.Max(1, (NextReportNotBefore - Now).TotalSeconds));

        public string Sentence =>
            $"This installation already reported at {MomentText.Of(LastAcceptedAt, Now)}. "
            + $"The next report is welcome after {MomentText.After(NextReportNotBefore, Now)}.";
    }

    /// <summary>The installation is not known, and its caller brought in as many as it may for now.</summary>
    internal sealed record TooManyNew(TimeSpan RetryAfter) : SubmitOutcome;

    /// <summary>More is coming in than can be stored.</summary>
    internal sealed record Busy(TimeSpan RetryAfter) : SubmitOutcome;

    /// <summary>The store cannot commit, or the server is stopping.</summary>
    internal sealed record Unavailable(TimeSpan RetryAfter) : SubmitOutcome;

    /// <summary>The server failed on this report of several; the others are not concerned.</summary>
    /// <param name="Incident">The number under which the log has it.</param>
    internal sealed record Failed(string Incident) : SubmitOutcome;
}
