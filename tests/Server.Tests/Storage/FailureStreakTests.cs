using Microsoft.Extensions.Time.Testing;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Tests.Storage;

public sealed class FailureStreakTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_failure_that_repeats_every_second_is_told_at_once_and_then_every_ten_minutes()
    {
        var streak = new FailureStreak(_time);
        var told = new List<long>();
        for (var second = 0; second < 1_500; second++)
        {
            if (streak.Failed() is { } count)
            {
                told.Add(count);
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([1, 601, 1_201], told);
        Assert.Equal(1_500, streak.Succeeded());
    }

    [Fact]
    public void A_success_ends_the_streak()
    {
        var streak = new FailureStreak(_time);
        Assert.Equal(0, streak.Succeeded());
        Assert.Equal(5, streak.Failed(5));
        Assert.Null(streak.Failed());

        Assert.Equal(6, streak.Succeeded());

        Assert.Equal(0, streak.Succeeded());
        Assert.Equal(1, streak.Failed());
    }
}
