using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>What became of a report that was to be sent.</summary>
public abstract record SendResult
{
    private SendResult(SendResultKind kind, string message)
    {
        Kind = kind;
        Message = message;
    }

    /// <summary>Which of the records below it is.</summary>
    public SendResultKind Kind { get; }

    /// <summary>The result in a sentence or two that an administrator can act on; the server's words where it answered.</summary>
    public string Message { get; }

    /// <summary>The server stored the report.</summary>
    /// <param name="Receipt">What the server said, and the digest of what was sent.</param>
    public sealed record Sent(ReportReceipt Receipt) : SendResult(SendResultKind.Sent,
        $"The server stored the report at {Receipt.AcceptedAt:yyyy-MM-dd HH:mm:ss} UTC. "
        + $"The next one is welcome after {Receipt.NextReportNotBefore:yyyy-MM-dd HH:mm} UTC.");

    /// <summary>Reports are not switched on here; nothing was sent, and nothing was switched.</summary>
    /// <param name="Consent">What holds, and who decided it.</param>
    public sealed record Disabled(ConsentDecision Consent)
        : SendResult(SendResultKind.Disabled, "Nothing was sent. " + Consent.Explanation);

    /// <summary>The installation reported a short while ago.</summary>
    /// <param name="Message">The server's words.</param>
    /// <param name="WelcomeAt">When the next report is welcome, by this machine's clock.</param>
    public sealed record TooSoon(string Message, DateTimeOffset WelcomeAt) : SendResult(SendResultKind.TooSoon, Message);

    /// <summary>The server cannot take reports at the moment.</summary>
    /// <param name="Message">The server's words.</param>
    /// <param name="WelcomeAt">When it is worth trying again, by this machine's clock.</param>
    public sealed record Busy(string Message, DateTimeOffset WelcomeAt) : SendResult(SendResultKind.Busy, Message);

    /// <summary>The report breaks rules; sending the same again cannot help.</summary>
    /// <param name="Message">The server's words.</param>
    /// <param name="Violations">Every broken rule.</param>
    public sealed record Rejected(string Message, IReadOnlyList<FieldViolation> Violations)
        : SendResult(SendResultKind.Rejected, Message);

    /// <summary>No answer of a Telemetry server came.</summary>
    /// <param name="Message">What went wrong and where to look.</param>
    /// <param name="Cause">The same as a value.</param>
    public sealed record Unreachable(string Message, UnreachableCause Cause)
        : SendResult(SendResultKind.Unreachable, Message);

    /// <summary>The server failed over the report.</summary>
    /// <param name="Message">The server's words.</param>
    public sealed record ServerFailed(string Message) : SendResult(SendResultKind.ServerFailed, Message);

    /// <summary>There is no report to send: collecting it failed, or the state directory cannot be written.</summary>
    /// <param name="Message">What went wrong and where to look.</param>
    public sealed record NotPrepared(string Message) : SendResult(SendResultKind.NotPrepared, Message);
}
