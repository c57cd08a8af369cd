using Telemetry.Contracts.V1;

namespace Telemetry.Client.Licensing;

/// <summary>What became of usage that was told to the license server.</summary>
public abstract record LicenseUsageResult
{
    private LicenseUsageResult(string message) => Message = message;

    /// <summary>The result in a sentence or two that an administrator can act on; the server's words where it answered.</summary>
    public string Message { get; }

    internal static LicenseUsageResult Of(ReportLicenseUsageResponse? answer, LicenseCheckFailure? failure) => answer switch
    {
        { Decision: { Licensed: true } yes } =>
            new Noted(yes.Message, new Dictionary<string, ulong>(answer.Limits), [.. answer.Exceeded]),
        { Decision: { } no } => new Refused(no.Verdict, no.Message, no.NextStep),
        null when failure!.OutOfForm => new Invalid(failure.Sentence),
        null => new Unanswered(failure.Sentence, failure.RetryAfter),
        _ => new Unanswered("The server's answer is neither a yes nor a no.", TimeSpan.Zero),
    };

    /// <summary>The server took the counts of what the license limits, and dropped the others.</summary>
    /// <param name="Message">The server's words.</param>
    /// <param name="Limits">Limits by name; a name that is missing has no limit.</param>
    /// <param name="Exceeded">Names of the limits that the usage exceeds, in order.</param>
    public sealed record Noted(
        string Message, IReadOnlyDictionary<string, ulong> Limits, IReadOnlyList<string> Exceeded)
        : LicenseUsageResult(Message);

    /// <summary>The license does not cover this installation, so nothing was noted.</summary>
    /// <param name="Verdict">Why; may be a newer server's verdict that this SDK has no name for.</param>
    /// <param name="Message">The server's words.</param>
    /// <param name="NextStep">What the administrator can do; empty when there is nothing to do.</param>
    public sealed record Refused(LicenseVerdict Verdict, string Message, string NextStep) : LicenseUsageResult(Message);

    /// <summary>The counts are malformed; sending the same again cannot help.</summary>
    /// <param name="Message">The server's words, which name the rule.</param>
    public sealed record Invalid(string Message) : LicenseUsageResult(Message);

    /// <summary>No usable answer came.</summary>
    /// <param name="Message">What went wrong.</param>
    /// <param name="RetryAfter">For how long the server wants to be left alone; zero when it did not say.</param>
    public sealed record Unanswered(string Message, TimeSpan RetryAfter) : LicenseUsageResult(Message);
}
