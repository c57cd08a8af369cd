using System.Net;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Server.Callers;

namespace Telemetry.Server.Tests.Callers;

/// <summary>Who is told apart from whom, what each may do, and what remembering them costs.</summary>
public sealed class CallerLimiterTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_caller_is_an_IPv4_address_or_an_IPv6_network_of_64_bits()
    {
        var callers = new CallerPseudonyms(_time);

        Assert.Equal(Of("2001:db8:1:2::1"), Of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        Assert.Equal(Of("198.51.100.7"), Of("::ffff:198.51.100.7"));
        Assert.True(Enumerable.Range(1, 100).Select(i => Of($"198.51.100.{i}")).Distinct().Count() > 90);
        Assert.True(Enumerable.Range(1, 100).Select(i => Of($"::ffff:198.51.100.{i}")).Distinct().Count() > 90);
        Assert.True(Enumerable.Range(1, 100).Select(i => Of($"2001:db8:1:{i:x}::1")).Distinct().Count() > 90);

        Caller Of(string address) => callers.Of(IPAddress.Parse(address));
    }

    [Fact]
    public void A_day_later_nobody_is_who_it_was()
    {
        var callers = new CallerPseudonyms(_time);
        var addresses = Enumerable.Range(1, 100).Select(i => IPAddress.Parse($"198.51.100.{i}")).ToList();
        var today = addresses.Select(callers.Of).ToList();
        _time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(today, addresses.Select(callers.Of));

        _time.Advance(TimeSpan.FromHours(1));

        Assert.True(addresses.Select(callers.Of).Zip(today).Count(pair => pair.First == pair.Second) < 10);
    }

    [Fact]
    public void What_is_too_much_waits_for_the_end_of_the_window_and_harms_nobody_else()
    {
        using var limiter = new CallerLimiter(3, Hour, _time);
        var (one, other) = (new Caller(1), new Caller(2));
        Assert.Null(limiter.Take(one));
        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.Null(limiter.Take(one));
        Assert.Null(limiter.Wait(one));
        Assert.Null(limiter.Take(one));

        Assert.Equal(TimeSpan.FromMinutes(40), limiter.Take(one));
        Assert.Equal(TimeSpan.FromMinutes(40), limiter.Wait(one));
        Assert.Null(limiter.Take(other));
        _time.Advance(TimeSpan.FromMinutes(40));
        Assert.Null(limiter.Take(one));
        Assert.Null(limiter.Take(one, 1000));
        Assert.Equal(Hour, limiter.Take(one));
    }

    [Fact]
    public void Zero_is_no_limit()
    {
        using var limiter = new CallerLimiter(0, Hour, _time);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.Null(limiter.Take(new Caller(1))));
        var open = new CallerConcurrency(0);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(open.TryEnter(new Caller(1))));
    }

    [Fact]
    public async Task However_many_addresses_come_so_many_are_remembered_at_most_and_none_for_long()
    {
        using var limiter = new CallerLimiter(1, Hour, _time);
        var callers = new CallerPseudonyms(_time);
        for (var i = 0; i < 300_000; i++)
        {
            limiter.Take(callers.Of(new IPAddress(i + 1L)));
        }

        Assert.InRange(limiter.Remembered, Caller.Count * 9 / 10, Caller.Count);
        // The framework drops what has been idle for ten seconds.
        _time.Advance(Hour + TimeSpan.FromSeconds(11));
        await Patience.Until(() => limiter.Remembered == 0, "all callers are forgotten");
        Assert.Null(limiter.Take(new Caller(1)));
    }

    [Fact]
    public void Who_has_as_much_open_as_allowed_gets_more_when_it_closes_some()
    {
        var open = new CallerConcurrency(2, all: 3);
        var (one, other) = (new Caller(1), new Caller(2));

        Assert.True(open.TryEnter(one));
        Assert.True(open.TryEnter(one));
        Assert.False(open.TryEnter(one));
        Assert.True(open.TryEnter(other));
        Assert.False(open.TryEnter(other));
        open.Leave(one);
        Assert.True(open.TryEnter(other));
        Assert.Equal(3, open.Open);
    }

    [Theory]
    [InlineData(0.2, "1 second")]
    [InlineData(59, "59 seconds")]
    [InlineData(59.5, "1 minute")]
    [InlineData(61, "2 minutes")]
    [InlineData(3600, "60 minutes")]
    public void How_long_to_wait_is_said_in_words_that_are_never_too_short(double seconds, string words) =>
        Assert.Equal(words, Waiting.InWords(TimeSpan.FromSeconds(seconds)));
}
