using Telemetry.Client.Send;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Licensing;

/// <summary>What became of usage that was told to the license server.</summary>
public abstract class LicenseUsageResult
{
    private const int MostNames = 50;

    private LicenseUsageResult(string message) => Message = message;

    /// <summary>The result in a sentence or two that an administrator can act on; the server's words where it answered.</summary>
    public string Message { get; }

    internal static LicenseUsageResult Of(ReportLicenseUsageResponse? answer, LicenseCheckFailure? failure) => answer switch
    {
        { Decision: { Licensed: true } yes } => new Noted(ServerWords.Text(yes.Message))
        {
            Limits = answer.Limits.Take(MostNames).ToDictionary(limit => limit.Key, limit => limit.Value),
            Exceeded = [.. answer.Exceeded.Take(MostNames).Select(name => ServerWords.Text(name))],
        },
        { Decision: { } no } => new Refused(ServerWords.Text(no.Message))
        {
            Verdict = no.Verdict,
            NextStep = ServerWords.Text(no.NextStep),
        },
        null when failure!.OutOfForm => new Invalid(failure.Sentence),
        null => new Unanswered(failure.Sentence) { RetryAfter = failure.RetryAfter },
        _ => new Unanswered("The server's answer is neither a yes nor a no."),
    };

    /// <summary>The server took the counts of what the license limits, and dropped the others.</summary>
    public sealed class Noted : LicenseUsageResult
    {
        internal Noted(string message)
            : base(message)
        {
        }

        /// <summary>Limits by name; a name that is missing has no limit.</summary>
        public IReadOnlyDictionary<string, ulong> Limits { get; internal init; } = new Dictionary<string, ulong>();

        /// <summary>Names of the limits that the usage exceeds, in order.</summary>
        public IReadOnlyList<string> Exceeded { get; internal init; } = [];
    }

    /// <summary>The license does not cover this installation, so nothing was noted.</summary>
    public sealed class Refused : LicenseUsageResult
    {
        internal Refused(string message)
            : base(message)
        {
        }

        /// <summary>Why; may be a newer server's verdict that this SDK has no name for.</summary>
        public LicenseVerdict Verdict { get; internal init; }

        /// <summary>What the administrator can do; empty when there is nothing to do.</summary>
        public string NextStep { get; internal init; } = "";
    }

    /// <summary>The counts are malformed; sending the same again cannot help.</summary>
    public sealed class Invalid : LicenseUsageResult
    {
        internal Invalid(string message)
            : base(message)
        {
        }
    }

    /// <summary>No usable answer came.</summary>
    public sealed class Unanswered : LicenseUsageResult
    {
        internal Unanswered(string message)
            : base(message)
        {
        }

        /// <summary>For how long the server wants to be left alone, at most a day; zero when it did not say.</summary>
        public TimeSpan RetryAfter { get; internal init; }
    }
}
