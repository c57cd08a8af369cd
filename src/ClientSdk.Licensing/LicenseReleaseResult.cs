namespace Telemetry.Client.Licensing;

/// <summary>What became of the wish to give up the installation's seat.</summary>
public abstract record LicenseReleaseResult
{
    private LicenseReleaseResult(string message) => Message = message;

    /// <summary>The result in a sentence or two that an administrator can act on.</summary>
    public string Message { get; }

    /// <summary>The seat is free for another installation.</summary>
    public sealed record Released() : LicenseReleaseResult("The license's seat is free for another installation.");

    /// <summary>There was none to give up: the installation has no seat, or nobody knows the key.</summary>
    public sealed record NoPlace() : LicenseReleaseResult(
        "This installation had no seat under the license, so there was none to give up.");

    /// <summary>No usable answer came, so the seat may still be taken.</summary>
    /// <param name="Message">What went wrong.</param>
    /// <param name="RetryAfter">For how long the server wants to be left alone; zero when it did not say.</param>
    public sealed record Unanswered(string Message, TimeSpan RetryAfter) : LicenseReleaseResult(Message);
}
