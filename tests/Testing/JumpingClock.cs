using Microsoft.Extensions.Time.Testing;

namespace Telemetry.Testing;

/// <summary>A clock that somebody can set: the time of day jumps, and neither timers nor the monotonic clock notice.</summary>
/// <remarks><see cref="FakeTimeProvider.Advance"/> lets time pass, for all three alike.</remarks>
internal sealed class JumpingClock(DateTimeOffset now) : FakeTimeProvider(now)
{
    private long _jumpedTicks;

    /// <summary>Sets the time of day ahead, or back when negative.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _jumpedTicks, by.Ticks);

    /// <summary>The base reads it off the time of day, which may be set here.</summary>
    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _jumpedTicks));
}
