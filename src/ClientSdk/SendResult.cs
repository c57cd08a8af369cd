using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>What became of a report that was sent.</summary>
public abstract record SendResult
{
    private SendResult()
    {
    }

    /// <summary>The server stored the report.</summary>
    /// <param name="Receipt">What the server knows about it.</param>
    public sealed record Sent(Receipt Receipt) : SendResult;

    /// <summary>The report breaks rules; sending it again cannot help.</summary>
    /// <param name="Message">The server's words.</param>
    /// <param name="Violations">Every broken rule.</param>
    public sealed record Rejected(string Message, IReadOnlyList<FieldViolation> Violations) : SendResult;

    /// <summary>The installation reported a short while ago, or the server is busy.</summary>
    /// <param name="Message">The server's words.</param>
    /// <param name="RetryAfter">How long to wait.</param>
    public sealed record TryLater(string Message, TimeSpan RetryAfter) : SendResult;

    /// <summary>No answer came: the name, the connection, TLS or the time.</summary>
    /// <param name="Message">What went wrong, in words.</param>
    public sealed record Unreachable(string Message) : SendResult;

    /// <summary>The server answered with something else.</summary>
    /// <param name="Message">The server's words.</param>
    public sealed record Failed(string Message) : SendResult;
}
