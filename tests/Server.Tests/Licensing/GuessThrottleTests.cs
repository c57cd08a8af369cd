using System.Net;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Server.Callers;
using Telemetry.Server.Licensing;

namespace Telemetry.Server.Tests.Licensing;

public sealed class GuessThrottleTests
{
    private static readonly IPAddress Guesser = IPAddress.Parse("198.51.100.7");

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Who_tried_too_many_wrong_keys_waits_for_the_end_of_the_hour_and_nobody_else_does()
    {
        using var throttle = new GuessThrottle(2, new CallerPseudonyms(_time), _time);
        throttle.Wrong(Guesser);
        Assert.Null(throttle.Wait(Guesser));
        _time.Advance(TimeSpan.FromMinutes(20));
        throttle.Wrong(Guesser);

        Assert.Equal(TimeSpan.FromMinutes(40), throttle.Wait(Guesser));
        Assert.Null(throttle.Wait(IPAddress.Parse("2001:db8::1")));
        _time.Advance(TimeSpan.FromMinutes(40));
        Assert.Null(throttle.Wait(Guesser));
    }

    [Fact]
    public void After_the_end_it_counts_no_more()
    {
        var throttle = new GuessThrottle(2, new CallerPseudonyms(_time), _time);

        throttle.Dispose();

        Assert.Throws<ObjectDisposedException>(() => throttle.Wait(Guesser));
    }
}
