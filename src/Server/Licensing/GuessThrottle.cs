using System.Net;
using Telemetry.Server.Privacy;

namespace Telemetry.Server.Licensing;

/// <summary>Counts the wrong keys that a caller tried within the hour.</summary>
/// <remarks>
/// In memory only; callers are known by pseudonyms that change daily. Bounded: with too many callers at a time all are forgotten,
/// which costs a guesser's count and nothing else; a key has 120 random bits.
/// </remarks>
internal sealed class GuessThrottle(int perHour, CallerPseudonyms callers, TimeProvider time)
{
    private const int MaxCallers = 100_000;

    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, (long Since, int Wrong)> _callers = [];

    /// <summary>How long the caller must wait before it may try another key; null when it may now.</summary>
    public TimeSpan? Wait(IPAddress? address)
    {
        if (perHour == 0)
        {
            return null;
        }

        var caller = callers.Of(address);
        lock (_gate)
        {
            if (!_callers.TryGetValue(caller, out var seen) || seen.Wrong < perHour)
            {
                return null;
            }

            var left = Window - time.GetElapsedTime(seen.Since);
            if (left > TimeSpan.Zero)
            {
                return left;
            }

            _callers.Remove(caller);
            return null;
        }
    }

    public void Wrong(IPAddress? address)
    {
        if (perHour == 0)
        {
            return;
        }

        var caller = callers.Of(address);
        lock (_gate)
        {
            if (_callers.Count >= MaxCallers)
            {
                _callers.Clear();
            }

            var fresh = !_callers.TryGetValue(caller, out var seen) || time.GetElapsedTime(seen.Since) >= Window;
            _callers[caller] = fresh ? (time.GetTimestamp(), 1) : seen with { Wrong = seen.Wrong + 1 };
        }
    }
}
