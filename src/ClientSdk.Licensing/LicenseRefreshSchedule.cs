using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Telemetry.Client.Licensing;

/// <summary>Decides when to look again and when to ask the server.</summary>
/// <remarks>
/// Each installation has its own delay, always the same, so that many that were installed together do not ask together.
/// </remarks>
internal sealed class LicenseRefreshSchedule(LicenseSubject subject, LicenseClientOptions options)
{
    /// <summary>How long a check without an answer is not repeated, so that a server in trouble is left in peace.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromHours(1);

    /// <summary>After something failed that should not.</summary>
    public static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(1);

    /// <summary>At least so often the status is looked at, since the machine's clock may be moved meanwhile.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>A moment that a clock approaches slowly is not looked at without pause.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>The delay, as a share of the time between two checks, lies between zero and this.</summary>
    private const double WidestSpread = 0.1;

    /// <summary>This installation's share of the delay, from 0 to 1.</summary>
    private readonly double _share = BinaryPrimitives.ReadUInt32BigEndian(
        SHA256.HashData(Encoding.UTF8.GetBytes(subject.InstanceHash + subject.KeyThumbprint))) / (double)uint.MaxValue;

    /// <summary>Whether the server should be asked.</summary>
    public bool IsDue(LicenseMemory memory, DateTimeOffset now)
    {
        if (memory.Released)
        {
            // Asking would take a seat again.
            return false;
        }

        var time = memory.TimeAt(now);
        if (memory.IsClockBackAt(now, options.ClockTolerance))
        {
            return true;
        }

        if (memory.Refusal is not null)
        {
            return memory.LastCheckedAt is not { } last || time < last || time - last >= Spread(options.RefreshInterval);
        }

        return memory.Proof is not { } proof || time >= RefreshOf(proof);
    }

    /// <summary>How long not to ask again after a check that brought no answer.</summary>
    public static TimeSpan PauseAfter(LicenseCheckFailure failure) =>
        failure.RetryAfter > RetryInterval ? failure.RetryAfter : RetryInterval;

    /// <summary>How long to wait until the status is looked at again.</summary>
    public TimeSpan PauseAfter(LicenseMemory memory, DateTimeOffset now)
    {
        var pause = LongestPause;
        if (memory.Proof is { } proof)
        {
            var time = memory.TimeAt(now);
            foreach (var moment in new[] { proof.LicenseExpiresAt ?? proof.Ends, proof.Ends, RefreshOf(proof) })
            {
                pause = moment > time && moment - time < pause ? moment - time : pause;
            }
        }

        return pause > ShortestPause ? pause : ShortestPause;
    }

    /// <summary>After the server's wish, well before the end; at the end in any case, since a renewal may be known by then.</summary>
    private DateTimeOffset RefreshOf(LicenseProof proof)
    {
        var wish = proof.RefreshAfter - proof.IssuedAt;
        var room = (proof.Ends - proof.IssuedAt) - wish;
        var spread = Spread(wish) - wish;
        var wait = wish + (spread < room / 2 ? spread : room / 2);
        var longEnough = wait > RetryInterval ? wait : RetryInterval;
        return proof.Ends - proof.IssuedAt < longEnough ? proof.Ends : proof.IssuedAt + longEnough;
    }

    private TimeSpan Spread(TimeSpan interval) => interval * (1 + (WidestSpread * _share));
}
