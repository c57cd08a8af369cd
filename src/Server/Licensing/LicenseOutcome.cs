namespace Telemetry.Server.Licensing;

/// <summary>What became of a question about a licence. Edges translate it.</summary>
internal abstract record LicenseOutcome
{
    /// <summary>There is a verdict.</summary>
    internal sealed record Answered(LicenseJudgement Judgement) : LicenseOutcome;

    /// <summary>The caller tried too many wrong keys.</summary>
    internal sealed record Throttled(TimeSpan RetryAfter) : LicenseOutcome;

    /// <summary>A new place cannot be stored now.</summary>
    internal sealed record Unavailable(TimeSpan RetryAfter) : LicenseOutcome;
}
