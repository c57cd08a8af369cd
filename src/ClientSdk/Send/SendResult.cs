namespace Telemetry.Client;

/// <summary>What became of a report that was to be sent.</summary>
public abstract class SendResult
{
    private SendResult(SendResultKind kind, string message)
    {
        Kind = kind;
        Message = message;
    }

    /// <summary>Which of the classes below it is.</summary>
    public SendResultKind Kind { get; }

    /// <summary>The result in a sentence or two that an administrator can act on; the server's words where it answered.</summary>
    public string Message { get; }

    /// <summary>Kind and message.</summary>
    public override string ToString() => $"{Kind}: {Message}";

    /// <summary>The server stored the report, and read the very bytes that were sent.</summary>
    /// <param name="receipt">What the server said.</param>
    public sealed class Sent(ReportReceipt receipt) : SendResult(SendResultKind.Sent,
        $"The server stored the report at {receipt.AcceptedAt:yyyy-MM-dd HH:mm:ss} UTC. "
        + $"The next one is welcome after {receipt.NextReportNotBefore:yyyy-MM-dd HH:mm} UTC."
        + (receipt.DroppedFields.Count > 0
            ? $" It does not know the value of {string.Join(", ", receipt.DroppedFields)}, and left that out."
            : ""))
    {
        /// <summary>What the server said.</summary>
        public ReportReceipt Receipt { get; } = receipt;
    }

    /// <summary>Reports are not switched on here; nothing was sent, and nothing was switched.</summary>
    /// <param name="consent">What holds, and who decided it.</param>
    public sealed class Disabled(ConsentDecision consent)
        : SendResult(SendResultKind.Disabled, "Nothing was sent. " + consent.Explanation)
    {
        /// <summary>What holds, and who decided it.</summary>
        public ConsentDecision Consent { get; } = consent;
    }

    /// <summary>The installation reported a short while ago.</summary>
    /// <param name="message">The server's words.</param>
    /// <param name="welcomeAt">When the next report is welcome, by this machine's clock.</param>
    public sealed class TooSoon(string message, DateTimeOffset welcomeAt) : SendResult(SendResultKind.TooSoon, message)
    {
        /// <summary>When the next report is welcome, by this machine's clock.</summary>
        public DateTimeOffset WelcomeAt { get; } = welcomeAt;
    }

    /// <summary>The server cannot take reports at the moment.</summary>
    /// <param name="message">The server's words.</param>
    /// <param name="welcomeAt">When it is worth trying again, by this machine's clock.</param>
    public sealed class Busy(string message, DateTimeOffset welcomeAt) : SendResult(SendResultKind.Busy, message)
    {
        /// <summary>When it is worth trying again, by this machine's clock.</summary>
        public DateTimeOffset WelcomeAt { get; } = welcomeAt;
    }

    /// <summary>The report breaks rules; sending the same again cannot help.</summary>
    /// <param name="message">The server's words.</param>
    /// <param name="violations">Every broken rule, or the first hundred.</param>
    public sealed class Rejected(string message, IReadOnlyList<FieldViolation> violations)
        : SendResult(SendResultKind.Rejected, message)
    {
        /// <summary>Every broken rule, or the first hundred.</summary>
        public IReadOnlyList<FieldViolation> Violations { get; } = violations;
    }

    /// <summary>No answer of a Telemetry server came; no such server took the report.</summary>
    /// <param name="message">What went wrong and where to look.</param>
    /// <param name="cause">The same as a value.</param>
    public sealed class Unreachable(string message, UnreachableCause cause)
        : SendResult(SendResultKind.Unreachable, message)
    {
        /// <summary>Why no answer came.</summary>
        public UnreachableCause Cause { get; } = cause;
    }

    /// <summary>The server failed over the report.</summary>
    /// <param name="message">The server's words.</param>
    public sealed class ServerFailed(string message) : SendResult(SendResultKind.ServerFailed, message);

    /// <summary>The report went out, and no answer came: it may be stored. Within an hour the same one is sent again.</summary>
    /// <param name="message">Why no answer came, and where to look.</param>
    public sealed class MayHaveArrived(string message) : SendResult(SendResultKind.MayHaveArrived, message);

    /// <summary>The server stored a report under this id, but read other bytes than were sent.</summary>
    /// <param name="receipt">What the server said.</param>
    public sealed class DigestMismatch(ReportReceipt receipt) : SendResult(SendResultKind.DigestMismatch,
        receipt.Digest.Length == 0
            ? "The server had a report with this id already, with other content. This one was not stored; "
                + "the next one gets another id. Was the state directory copied from another machine?"
            : "The server stored a report, but read other bytes than this app sent: something on the way changes them. "
                + "Check the proxies between this machine and the server.")
    {
        /// <summary>What the server said.</summary>
        public ReportReceipt Receipt { get; } = receipt;
    }

    /// <summary>There is no report to send: collecting it failed, or the state directory cannot be written.</summary>
    /// <param name="message">What went wrong and where to look.</param>
    public sealed class NotPrepared(string message) : SendResult(SendResultKind.NotPrepared, message);
}

/// <summary>A rule that a field of a report breaks.</summary>
public sealed class FieldViolation
{
    /// <summary>Path of the field in the Report message.</summary>
    public required string Field { get; init; }

    /// <summary>The rule and what to do, in words.</summary>
    public required string Description { get; init; }
}
