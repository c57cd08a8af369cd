using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Telemetry.Testing;

/// <summary>A clock that tells of every timer, by when it is due: then somebody waits, and nothing happens before.</summary>
internal sealed class WaitingTime(DateTimeOffset now) : FakeTimeProvider(now)
{
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    public Task<TimeSpan> NextWaitAsync() => Patience.For(_waits.Reader.ReadAsync().AsTask(), "somebody waits");

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Writer.TryWrite(dueTime);
        return timer;
    }
}
