namespace Telemetry.Client.Licensing;

/// <summary>What became of the wish to give up the installation's seat.</summary>
public abstract class LicenseReleaseResult
{
    private LicenseReleaseResult(string message) => Message = message;

    /// <summary>The result in a sentence or two that an administrator can act on.</summary>
    public string Message { get; }

    /// <summary>The seat is free for another installation.</summary>
    public sealed class Released : LicenseReleaseResult
    {
        internal Released()
            : base("The license's seat is free for another installation.")
        {
        }
    }

    /// <summary>There was none to give up: the installation has no seat, or nobody knows the key.</summary>
    public sealed class NoSeat : LicenseReleaseResult
    {
        internal NoSeat()
            : base("This installation had no seat under the license, so there was none to give up.")
        {
        }
    }

    /// <summary>No usable answer came, so the seat may still be taken.</summary>
    public sealed class Unanswered : LicenseReleaseResult
    {
        internal Unanswered(string message, TimeSpan retryAfter)
            : base(message) => RetryAfter = retryAfter;

        /// <summary>For how long the server wants to be left alone, at most a day; zero when it did not say.</summary>
        public TimeSpan RetryAfter { get; }
    }
}
