using System.Threading.Channels;
using Grpc.Core;
using Telemetry.Server.Feed;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Telemetry.Schema;
using Telemetry.Server.Storage.LiteDb;
using Telemetry.Server.Tests.Storage;
using Case = Telemetry.Contracts.V1.StreamEventsResponse.MessageOneofCase;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Feed;

/// <summary>One reader's session without a network: what it says, when, and for how long it waits.</summary>
public sealed class FeedSessionTests : IAsyncDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly TemporaryStore _temporary = new();
    private readonly WaitingTime _time = new(TemporaryStore.NoLimit.Now);
    private readonly SlowWriter _writer = new();
    private readonly CancellationTokenSource _end = new();
    private readonly RandomReports _reports = new(new Random(9));
    private readonly LiteDbTelemetryStore _store;
    private Task _session = Task.CompletedTask;
    private int _installations;

    public FeedSessionTests() => _store = _temporary.Open();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _writer.Release();
        await Patience.For(_session.ContinueWith(_ => { }, TaskScheduler.Default), "the session ends");
        _end.Dispose();
        await _temporary.DisposeAsync();
    }

    [Fact]
    public async Task A_reader_from_the_beginning_is_greeted_gets_every_event_and_is_told_that_it_has_caught_up_once()
    {
        Commit(130);
        Start(new FeedPosition(_store.EpochOf(0), 0));

        var hello = (await NextAsync(Case.Hello)).Hello;
        Assert.Equal((130ul, 1ul, 0ul), (hello.Current.Number, hello.OldestNumber, hello.StartingAfter.Number));
        Assert.Equal(Heartbeat, hello.HeartbeatInterval.ToTimeSpan());
        await ExpectEventsAsync(1, 130);
        Assert.Equal(130ul, (await NextAsync(Case.CaughtUp)).CaughtUp.Position.Number);
        Assert.Equal(Heartbeat, await _time.NextWaitAsync());
        _time.Advance(Gather);

        Commit(1);

        await ExpectEventsAsync(131, 131);
        Assert.Equal(Heartbeat, await _time.NextWaitAsync());
    }

    [Fact]
    public async Task Of_a_page_only_the_last_message_is_flushed_and_so_is_everything_that_is_no_event()
    {
        Commit(3);
        Start(new FeedPosition(_store.EpochOf(0), 0));

        var flushed = new List<bool>();
        for (var i = 0; i < 5; i++)
        {
            flushed.Add(await _writer.NextFlushedAsync());
        }

        Assert.Equal([true, false, false, true, true], flushed);
    }

    [Fact]
    public async Task A_quiet_stream_says_so_at_the_end_of_the_interval_and_not_before()
    {
        Commit(2);
        await StartLiveAsync();
        _time.Advance(Heartbeat - Tick);
        Assert.False(_writer.HasMore);

        _time.Advance(Tick);

        var heartbeat = (await NextAsync(Case.Heartbeat)).Heartbeat;
        Assert.Equal(
            (2ul, TemporaryStore.NoLimit.Now + Heartbeat), (heartbeat.Position.Number, heartbeat.Time.ToDateTimeOffset()));
        Assert.Equal(Heartbeat, await _time.NextWaitAsync());
        Assert.False(_writer.HasMore);
    }

    [Fact]
    public async Task What_was_said_last_begins_the_interval_anew()
    {
        await StartLiveAsync();
        _time.Advance(TimeSpan.FromSeconds(4));
        Commit(1);
        await ExpectEventsAsync(1, 1);
        Assert.Equal(Heartbeat, await _time.NextWaitAsync());
        _time.Advance(TimeSpan.FromSeconds(4));
        CommitFiltered();
        // It was woken for nothing, so it waits for the rest.
        Assert.Equal(TimeSpan.FromSeconds(6), await _time.NextWaitAsync());

        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(2ul, (await NextAsync(Case.Heartbeat)).Heartbeat.Position.Number);
    }

    [Fact]
    public async Task A_filter_that_lets_nothing_pass_does_not_look_like_a_dead_connection()
    {
        await StartLiveAsync();
        CommitFiltered();
        Assert.Equal(Gather, await _time.NextWaitAsync());

        _time.Advance(Heartbeat);

        Assert.Equal(1ul, (await NextAsync(Case.Heartbeat)).Heartbeat.Position.Number);
        Assert.Equal(Heartbeat, await _time.NextWaitAsync());
        Assert.False(_writer.HasMore);
    }

    [Fact]
    public async Task Deliveries_keep_their_distance_and_gather_what_comes_meanwhile()
    {
        await StartLiveAsync();
        _time.Advance(Gather - TimeSpan.FromMilliseconds(1));
        Commit(1);
        Assert.Equal(TimeSpan.FromMilliseconds(1), await _time.NextWaitAsync());
        Commit(1);
        Assert.False(_writer.HasMore);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(1ul, (await NextAsync(Case.Event)).Event.Position.Number);
        Assert.Equal(2ul, (await NextAsync(Case.Event)).Event.Position.Number);
        Assert.Equal(Heartbeat, await _time.NextWaitAsync());
    }

    [Theory]
    [InlineData(20, false)]
    [InlineData(21, true)]
    public async Task A_live_reader_is_told_when_it_is_more_than_so_far_behind_and_when_it_has_caught_up_again(int events, bool told)
    {
        await StartLiveAsync();
        Commit(1);
        Assert.Equal(Gather, await _time.NextWaitAsync());
        Commit(events - 1);

        _time.Advance(Gather);

        if (told)
        {
            var fellBehind = (await NextAsync(Case.FellBehind)).FellBehind;
            Assert.Equal(((ulong)events, 0ul), (fellBehind.Behind, fellBehind.Position.Number));
        }

        await ExpectEventsAsync(1, events);
        if (told)
        {
            Assert.Equal((ulong)events, (await NextAsync(Case.CaughtUp)).CaughtUp.Position.Number);
        }

        Assert.Equal(Heartbeat, await _time.NextWaitAsync());
        Assert.False(_writer.HasMore);
    }

    [Fact]
    public async Task What_retention_took_is_a_gap_up_to_the_oldest_event()
    {
        Commit(300);
        await _store.DropThroughAsync(200, CancellationToken.None);
        var oldest = _store.OldestNumber;
        Start(new FeedPosition(_store.EpochOf(0), 0));

        await NextAsync(Case.Hello);
        var gap = (await NextAsync(Case.Gap)).Gap;

        Assert.Equal((1ul, (ulong)oldest - 1, Wire.GapReason.Retention), (gap.FromNumber, gap.ToNumber, gap.Reason));
        await ExpectEventsAsync((int)oldest, 300);
        Assert.Equal(300ul, (await NextAsync(Case.CaughtUp)).CaughtUp.Position.Number);
    }

    [Fact]
    public async Task A_reader_right_before_the_oldest_event_misses_nothing()
    {
        CommitOneByOne(5);
        await _store.DropThroughAsync(3, CancellationToken.None);
        Start(new FeedPosition(_store.EpochOf(3), 3));

        await NextAsync(Case.Hello);

        await ExpectEventsAsync(4, 5);
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_for_the_stated_time_is_dropped_to_the_tick()
    {
        await StartLiveAsync();
        _writer.Hold();
        _time.Advance(Heartbeat);
        Assert.Equal(TimeSpan.FromMinutes(1), await _time.NextWaitAsync());
        _time.Advance(TimeSpan.FromMinutes(1) - Tick);
        Assert.False(_session.IsCompleted);

        _time.Advance(Tick);

        var frozen = await Assert.ThrowsAsync<FrozenReaderException>(() => Patience.For(_session, "the session ends"));
        Assert.False(frozen.Write.IsCompleted);
        _session = Task.CompletedTask;
    }

    [Fact]
    public async Task A_reader_that_leaves_ends_its_session_while_it_waits()
    {
        await StartLiveAsync();

        await _end.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.For(_session, "the session ends"));
    }

    private void Start(FeedPosition after)
    {
        var filter = new EventFilter { Verdicts = new HashSet<ClaimVerdict> { ClaimVerdict.Community } };
        var options = new FeedOptions { GatherInterval = Gather, FellBehindAfter = 20, WriteTimeout = TimeSpan.FromMinutes(1) };
        _session = Task.Run(() => new FeedSession(
            _store, new EventMessages(new StoredMessages(new AppRegistry())), options, _time, new FeedRequest(after, filter, Heartbeat), _writer, static _ => { }).RunAsync(_end.Token));
    }

    /// <summary>A session that has caught up and waits.</summary>
    private async Task StartLiveAsync()
    {
        Start(_store.Current);
        await NextAsync(Case.Hello);
        await NextAsync(Case.CaughtUp);
        Assert.Equal(Heartbeat, await _time.NextWaitAsync());
    }

    private void Commit(int count, ClaimVerdict verdict = ClaimVerdict.Community) => _temporary.Store.Commit(
        [.. Enumerable.Range(0, count).Select(_ => _reports.Next(_installations++) with { Claim = new Claim(verdict) })],
        TemporaryStore.NoLimit);

    /// <summary>Retention takes whole commits.</summary>
    private void CommitOneByOne(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Commit(1);
        }
    }

    /// <summary>Passes no filter.</summary>
    private void CommitFiltered() => Commit(1, ClaimVerdict.Verified);

    private async Task<Wire.StreamEventsResponse> NextAsync(Case kind)
    {
        var message = await _writer.NextAsync();
        Assert.Equal(kind, message.MessageCase);
        return message;
    }

    private async Task ExpectEventsAsync(int first, int last)
    {
        for (var number = first; number <= last; number++)
        {
            Assert.Equal((ulong)number, (await NextAsync(Case.Event)).Event.Position.Number);
        }
    }

    /// <summary>Takes messages, at once or when it is let.</summary>
    private sealed class SlowWriter : IServerStreamWriter<FeedMessage>
    {
        private readonly Channel<(Wire.StreamEventsResponse Message, bool Flushed)> _taken =
            Channel.CreateUnbounded<(Wire.StreamEventsResponse, bool)>();

        private TaskCompletionSource? _held;

        public WriteOptions? WriteOptions { get; set; }

        public bool HasMore => _taken.Reader.TryPeek(out _);

        public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => Interlocked.Exchange(ref _held, null)?.TrySetResult();

        public async Task<Wire.StreamEventsResponse> NextAsync() =>
            (await Patience.For(_taken.Reader.ReadAsync().AsTask(), "the next message")).Message;

        public async Task<bool> NextFlushedAsync() =>
            (await Patience.For(_taken.Reader.ReadAsync().AsTask(), "the next message")).Flushed;

        public Task WriteAsync(FeedMessage message, CancellationToken cancellationToken)
        {
            _taken.Writer.TryWrite((Wire.StreamEventsResponse.Parser.ParseFrom(message.Bytes.Span), !WriteOptions!.Flags.HasFlag(WriteFlags.BufferHint)));
            return _held?.Task ?? Task.CompletedTask;
        }

        public Task WriteAsync(FeedMessage message) => WriteAsync(message, CancellationToken.None);
    }
}
