namespace Telemetry.Client.Licensing;

/// <summary>A call that brought no definite answer.</summary>
/// <param name="Rejected">Whether something answered that is not the vendor's server; else nothing usable answered.</param>
/// <param name="Reason">What went wrong, a part of a sentence without its full stop.</param>
/// <param name="RetryAfter">For how long the server wants to be left alone; zero when it did not say.</param>
/// <param name="OutOfForm">Whether the question broke rules of the server, whose words are the reason.</param>
internal sealed record LicenseCheckFailure(
    bool Rejected, string Reason, TimeSpan RetryAfter = default, bool OutOfForm = false)
{
    /// <summary>The reason as a sentence of its own.</summary>
    public string Sentence => char.ToUpperInvariant(Reason[0]) + Reason[1..] + ".";
}
