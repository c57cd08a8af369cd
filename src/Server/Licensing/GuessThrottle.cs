using System.Net;
using Telemetry.Server.Callers;

namespace Telemetry.Server.Licensing;

/// <summary>Counts the wrong keys that a caller tried within the hour.</summary>
/// <remarks>A guesser whose count is forgotten has won nothing: a key has 120 random bits.</remarks>
internal sealed class GuessThrottle(int perHour, CallerPseudonyms callers, TimeProvider time) : IDisposable
{
    private readonly CallerLimiter _wrong = new(perHour, TimeSpan.FromHours(1), time);

    /// <summary>How long the caller must wait before it may try another key; null when it may now.</summary>
    public TimeSpan? Wait(IPAddress? address) => _wrong.Wait(callers.Of(address));

    public void Wrong(IPAddress? address) => _wrong.Take(callers.Of(address));

    public void Dispose() => _wrong.Dispose();
}
