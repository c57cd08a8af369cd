using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Access;
using Telemetry.Dashboard.Live;
using Telemetry.Dashboard.Tests.Data;
using Telemetry.Testing;

namespace Telemetry.Dashboard.Tests.Live;

public sealed class FollowerTests : IDisposable
{
    /// <summary>Messages from here on say that more is to come.</summary>
    private const ulong NotTheLast = 100;

    private readonly FakeFleet _fleet = new();
    private readonly FakeTimeProvider _clock = new(new(2026, 11, 26, 14, 32, 7, TimeSpan.Zero));
    private readonly List<FakeFleet.Stream<StreamEventsResponse>> _opened = [];
    private readonly List<ulong> _taken = [];
    private readonly Follower<StreamEventsResponse> _follower;
    private TaskCompletionSource? _taking;
    private bool _isCrowded;

    public FollowerTests() => _follower = new(
        _fleet.Client, _clock,
        _ =>
        {
            _opened.Add(new());
            return _opened[^1].Call();
        },
        async message =>
        {
            _taken.Add(message.Heartbeat.Position.Number);
            await (_taking?.Task ?? Task.CompletedTask);
        },
        message => _isCrowded && message.Heartbeat.Position.Number < NotTheLast);

    public void Dispose() => _follower.Dispose();

    [Fact]
    public async Task A_connection_is_one_only_when_the_first_message_has_come()
    {
        _follower.Start();
        Assert.Equal(LinkState.Connecting, _follower.State);

        _opened[0].Tell(Beat(1));

        await Patience.Until(() => _follower.State == LinkState.Live, "live");
        Assert.Equal(_clock.GetUtcNow(), _follower.LastAt);
    }

    [Fact]
    public async Task A_lost_connection_is_opened_again_after_1_2_and_4_seconds_and_after_a_message_from_1_on()
    {
        _follower.Start();
        foreach (var seconds in new[] { 1, 2, 4 })
        {
            await LostAsync(seconds);
        }

        _opened[^1].Tell(Beat(1));
        await Patience.Until(() => _follower.State == LinkState.Live, "live again");
        await LostAsync(1);
    }

    [Fact]
    public async Task A_stream_that_says_nothing_for_three_heartbeats_is_taken_for_dead()
    {
        _follower.Start();
        _opened[0].Tell(Beat(1));
        await Patience.Until(() => _opened[0].Asked == 2, "the next message is waited for");

        _clock.Advance(3 * Follower<StreamEventsResponse>.Heartbeat);

        await Patience.Until(() => _follower.State == LinkState.Waiting, "given up");
        Assert.Equal(TimeSpan.FromSeconds(1), _follower.NextTry);
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.PermissionDenied)]
    [InlineData(StatusCode.OutOfRange)]
    public async Task What_the_server_refuses_is_not_asked_again(StatusCode code)
    {
        _follower.Start();
        _opened[0].End(FakeFleet.Failed(code));

        await Patience.Until(() => _follower.State == LinkState.Refused, "refused");
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Single(_opened);
    }

    [Fact]
    public async Task A_token_that_is_not_taken_any_more_ends_the_session()
    {
        _follower.Start();
        _opened[0].End(FakeFleet.Failed(StatusCode.Unauthenticated));

        await Patience.Until(() => _fleet.Session.Token is null, "signed out");
        Assert.Equal(SignedOut.Refused, _fleet.Session.Why);
    }

    [Fact]
    public async Task The_next_message_is_read_when_the_one_before_was_taken()
    {
        _taking = new();
        _follower.Start();
        _opened[0].Tell(Beat(1));
        _opened[0].Tell(Beat(2));
        await Patience.Until(() => _taken.Count == 1, "the first is taken");
        Assert.Equal(1, _opened[0].Asked);

        _taking.SetResult();

        await Patience.Until(() => _taken.Count == 2, "the second is taken");
        Assert.Equal([1, 2], _taken);
    }

    [Fact]
    public async Task While_nobody_looks_nothing_is_connected()
    {
        _follower.Start();
        _opened[0].Tell(Beat(1));
        await Patience.Until(() => _follower.State == LinkState.Live, "live");

        _follower.Stop(hidden: true);
        Assert.Equal(LinkState.Hidden, _follower.State);
        _opened[0].End();
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Single(_opened);

        _follower.Start();
        Assert.Equal(2, _opened.Count);
    }

    [Fact]
    public async Task It_does_not_leave_before_the_message_that_is_the_last_for_now()
    {
        _isCrowded = true;
        _follower.Start();
        foreach (var number in new[] { NotTheLast, NotTheLast + 1, 2UL })
        {
            Assert.Single(_opened);
            _opened[0].Tell(Beat(number));
            await Patience.Until(() => _taken.LastOrDefault() == number, "it is taken");
            _clock.Advance(TimeSpan.FromMilliseconds(500));
        }

        await Patience.Until(
            () =>
            {
                _clock.Advance(TimeSpan.FromSeconds(1));
                return _opened.Count == 2;
            },
            "it came again");
        Assert.Equal(3, _opened[0].Asked);
    }

    [Fact]
    public async Task Where_connections_are_few_it_leaves_with_what_is_new_and_comes_again_until_there_is_room()
    {
        _isCrowded = true;
        _follower.Start();
        foreach (var number in new ulong[] { 1, 2 })
        {
            _opened[^1].Tell(Beat(number));
            await ComesAgainAsync();
            Assert.Equal(LinkState.Live, _follower.State);
        }

        _isCrowded = false;
        _opened[^1].Tell(Beat(3));
        await Patience.Until(() => _opened[^1].Asked == 2, "the next message is waited for");

        Assert.Equal([1, 2, 3], _taken);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(3, _opened.Count);

        async Task ComesAgainAsync()
        {
            var before = _opened.Count;
            await Patience.Until(
                () =>
                {
                    _clock.Advance(TimeSpan.FromSeconds(1));
                    return _opened.Count == before + 1;
                },
                "opened again");
        }
    }

    private async Task LostAsync(int seconds)
    {
        var before = _opened.Count;
        _opened[^1].End(FakeFleet.Failed(StatusCode.Unavailable));
        await Patience.Until(() => _follower.State == LinkState.Waiting && _follower.NextTry == TimeSpan.FromSeconds(seconds), $"the next try in {seconds} s");
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        await Patience.Until(() => _opened.Count == before + 1, "opened again");
    }

    private static StreamEventsResponse Beat(ulong number) => new() { Heartbeat = new Heartbeat { Position = new FeedPosition { Number = number } } };
}
