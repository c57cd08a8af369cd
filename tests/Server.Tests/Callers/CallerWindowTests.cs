using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Telemetry.Server.Callers;

namespace Telemetry.Server.Tests.Callers;

/// <summary>One caller's window as the framework sees it, its places, and its number on a connection.</summary>
public sealed class CallerWindowTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly JumpingClock _time = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void What_is_left_is_left_until_the_window_is_over_to_the_tick()
    {
        using var window = Window(allowed: 2);
        Assert.True(window.AttemptAcquire(1).IsAcquired);
        Assert.True(window.AttemptAcquire(1).IsAcquired);
        _time.Advance(Minute - Tick);
        var refused = window.AttemptAcquire(0);
        Assert.False(refused.IsAcquired);
        Assert.True(refused.TryGetMetadata(MetadataName.RetryAfter, out var wait));
        Assert.Equal(Tick, wait);

        _time.Advance(Tick);

        Assert.True(window.AttemptAcquire(2).IsAcquired);
        Assert.False(window.AttemptAcquire(1).IsAcquired);
        // The new window began then, and not where the first one ended.
        _time.Advance(Minute - Tick);
        Assert.False(window.AttemptAcquire(1).IsAcquired);
        _time.Advance(Tick);
        Assert.True(window.AttemptAcquire(1).IsAcquired);
    }

    [Fact]
    public void Asking_whether_anything_is_left_uses_nothing_up()
    {
        using var window = Window(allowed: 1);

        Assert.All(Enumerable.Range(0, 10), _ => Assert.True(window.AttemptAcquire(0).IsAcquired));
        Assert.True(window.AttemptAcquire(1).IsAcquired);
        Assert.False(window.AttemptAcquire(0).IsAcquired);
    }

    [Fact]
    public async Task Waiting_for_a_place_answers_at_once_as_asking_does()
    {
        using var window = Window(allowed: 1);

        Assert.True((await window.AcquireAsync(1)).IsAcquired);
        Assert.False((await window.AcquireAsync(1)).IsAcquired);
    }

    [Fact]
    public void A_window_is_idle_once_it_is_over()
    {
        using var window = Window(allowed: 1);
        Assert.Null(window.IdleDuration);
        _time.Advance(Minute);
        Assert.Null(window.IdleDuration);

        _time.Advance(Tick);

        Assert.Equal(Tick, window.IdleDuration);
        window.AttemptAcquire(1);
        Assert.Null(window.IdleDuration);
        Assert.Null(window.GetStatistics());
    }

    [Fact]
    public void Only_a_refusal_says_how_long_to_wait()
    {
        using var window = Window(allowed: 1);
        var granted = window.AttemptAcquire(1);
        var refused = window.AttemptAcquire(1);

        Assert.False(granted.TryGetMetadata(MetadataName.RetryAfter, out _));
        Assert.Equal([MetadataName.RetryAfter.Name], refused.MetadataNames);
        Assert.True(refused.TryGetMetadata(MetadataName.RetryAfter.Name, out var wait));
        Assert.Equal(Minute, wait);
        Assert.False(refused.TryGetMetadata(MetadataName.ReasonPhrase.Name, out var nothing));
        Assert.Null(nothing);
    }

    [Fact]
    public async Task The_end_of_a_window_is_told_once_however_it_is_disposed_of()
    {
        var ended = 0;
        var window = new CallerWindow(1, Minute, _time, () => ended++);

        await window.DisposeAsync();
        window.Dispose();

        Assert.Equal(1, ended);
    }

    [Fact]
    public void Who_is_turned_away_holds_no_place()
    {
        var open = new CallerConcurrency(1, all: 2);
        Assert.True(open.TryEnter(new Caller(1)));
        Assert.All(Enumerable.Range(0, 5), _ => Assert.False(open.TryEnter(new Caller(1))));
        Assert.Equal(1, open.Open);
        Assert.True(open.TryEnter(new Caller(2)));
        Assert.All(Enumerable.Range(0, 5), _ => Assert.False(open.TryEnter(new Caller(3))));
        open.Leave(new Caller(1));

        Assert.True(open.TryEnter(new Caller(3)));

        Assert.Equal(2, open.Open);
    }

    [Fact]
    public void Without_a_limit_for_all_only_the_callers_own_counts_and_without_one_nothing_is_counted()
    {
        var each = new CallerConcurrency(1);
        Assert.All(Enumerable.Range(0, 100), i => Assert.True(each.TryEnter(new Caller((ushort)i))));
        Assert.False(each.TryEnter(new Caller(99)));
        var none = new CallerConcurrency(0, all: 1);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(none.TryEnter(new Caller(1))));
        none.Leave(new Caller(1));

        Assert.Equal(0, none.Open);
    }

    [Fact]
    public void Without_an_address_a_caller_has_the_number_zero() =>
        Assert.Equal(new Caller(0), new CallerPseudonyms(_time).Of((IPAddress?)null));

    [Fact]
    public void The_number_of_a_connection_is_its_callers_and_changes_with_the_caller_and_the_day()
    {
        var callers = new CallerPseudonyms(_time);
        var context = new DefaultHttpContext();
        var connection = new ConnectionCaller();
        context.Features.Set(connection);
        foreach (var address in Addresses())
        {
            context.Connection.RemoteIpAddress = address;
            Assert.Equal(callers.Of(address), callers.Of(context));
            Assert.Equal((address, callers.Of(address)), (connection.Known!.Address, connection.Known.Caller));
        }

        // Remembered, while it is the same caller on the same day.
        connection.Known = connection.Known! with { Caller = new Caller(12_345) };
        Assert.Equal(new Caller(12_345), callers.Of(context));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(callers.Of(context.Connection.RemoteIpAddress), callers.Of(context));
    }

    [Fact]
    public void A_connection_that_remembers_nothing_has_the_same_numbers()
    {
        var callers = new CallerPseudonyms(_time);
        foreach (var address in Addresses())
        {
            var context = new DefaultHttpContext();
            context.Connection.RemoteIpAddress = address;
            Assert.Equal(callers.Of(address), callers.Of(context));
        }
    }

    [Fact]
    public void A_clock_that_was_set_back_makes_everybody_another_and_one_that_stands_still_nobody()
    {
        var callers = new CallerPseudonyms(_time);
        var before = Addresses().Select(callers.Of).ToList();
        Assert.Equal(before, Addresses().Select(callers.Of));

        _time.Jump(-Tick);

        Assert.True(Addresses().Select(callers.Of).Zip(before).Count(pair => pair.First == pair.Second) < 10);
    }

    private CallerWindow Window(int allowed) => new(allowed, Minute, _time, () => { });

    private static IEnumerable<IPAddress> Addresses() => Enumerable.Range(1, 100).Select(i => IPAddress.Parse($"198.51.100.{i}"));
}
