using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Telemetry.Server.Feed;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Telemetry.Schema;
using Telemetry.Server.Storage.LiteDb;
using Telemetry.Server.Tests.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Feed;

/// <summary>Where a reader begins, how long silence may last, and which values a filter may have.</summary>
public sealed class FeedRequestTests : IAsyncDisposable
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(15);

    private readonly TemporaryStore _temporary = new();
    private readonly LiteDbTelemetryStore _store;
    private readonly FeedRequestReader _reader;

    public FeedRequestTests()
    {
        _store = _temporary.Open();
        _reader = new FeedRequestReader(_store, new AppRegistry(), Options.Create(new FeedOptions { HeartbeatInterval = Usual }));
    }

    public ValueTask DisposeAsync() => _temporary.DisposeAsync();

    [Fact]
    public async Task A_reader_begins_now_unless_it_says_otherwise()
    {
        Assert.Equal(0, Read(new()).StartAfter.Number);
        Commit(3);

        Assert.Equal(_store.Current, Read(new()).StartAfter);
        Assert.Equal(_store.Current, Read(new() { Now = new() }).StartAfter);
        Assert.Equal(3, _store.Current.Number);
    }

    [Fact]
    public async Task The_beginning_is_before_the_oldest_event_that_is_kept()
    {
        Assert.Equal(0, Read(new() { Beginning = new() }).StartAfter.Number);
        Commit(3);
        Assert.Equal(new FeedPosition(_store.EpochOf(0), 0), Read(new() { Beginning = new() }).StartAfter);

        await _store.DropThroughAsync(2, CancellationToken.None);

        Assert.Equal(new FeedPosition(_store.EpochOf(2), 2), Read(new() { Beginning = new() }).StartAfter);
    }

    [Theory]
    [InlineData(0, nameof(StatusCode.OutOfRange))]
    [InlineData(1, nameof(StatusCode.OutOfRange))]
    [InlineData(2, null)]
    [InlineData(3, null)]
    [InlineData(4, null)]
    [InlineData(5, nameof(StatusCode.FailedPrecondition))]
    [InlineData(long.MaxValue, nameof(StatusCode.FailedPrecondition))]
    [InlineData(-1, nameof(StatusCode.InvalidArgument))]
    [InlineData(long.MinValue, nameof(StatusCode.InvalidArgument))]
    public async Task A_reader_goes_on_where_it_was_while_all_that_follows_is_kept(long number, string? refusal)
    {
        Commit(4);
        await _store.DropThroughAsync(2, CancellationToken.None);
        var after = new FeedPosition(_store.Current.Epoch, number);

        if (refusal is null)
        {
            Assert.Equal(after, Read(new() { After = FeedCursor.Of(after) }).StartAfter);
        }
        else
        {
            Assert.Equal(refusal, Refused(new() { After = FeedCursor.Of(after) }).StatusCode.ToString());
        }
    }

    [Theory]
    [InlineData("1")]
    [InlineData("7:3")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AQAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AQAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AQAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("AQAAAAAAAAAA AAAAAAAAAA")]
    [InlineData("\u00c4QAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_no_server_gave_out_is_no_cursor(string text)
    {
        Assert.Equal("AQAAAAAAAAAAAAAAAAAAAAA", FeedCursor.Of(new FeedPosition(0, 0)));

        var refusal = Refused(new() { After = text });

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith("after must be the cursor of a position that this server gave", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cursor_brings_back_its_position()
    {
        foreach (var position in new FeedPosition[] { new(0, 0), new(1, 1), new(ulong.MaxValue, long.MaxValue), new(1UL << 63, 77) })
        {
            Assert.True(FeedCursor.TryRead(FeedCursor.Of(position), out var read));
            Assert.Equal(position, read);
        }
    }

    [Fact]
    public void A_reader_begins_with_the_first_event_of_a_time()
    {
        // Two at a time, a minute apart, from 12:00 on.
        var noon = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
        var reports = new RandomReports(new Random(5));
        for (var i = 0; i < 20; i++)
        {
            _store.Commit([reports.Next(i)], TemporaryStore.NoLimit with { Now = noon.AddMinutes(i / 2) });
        }

        Assert.Equal(0, StartAt(noon.AddDays(-1)));
        Assert.Equal(0, StartAt(DateTimeOffset.MinValue));
        for (var minute = 0; minute < 10; minute++)
        {
            Assert.Equal(minute * 2, StartAt(noon.AddMinutes(minute)));
            Assert.Equal((minute + 1) * 2, StartAt(noon.AddMinutes(minute).AddTicks(1)));
        }

        Assert.Equal(20, StartAt(DateTimeOffset.MaxValue));

        long StartAt(DateTimeOffset time)
        {
            var position = Read(new() { Time = Timestamp.FromDateTimeOffset(time) }).StartAfter;
            Assert.Equal(_store.EpochOf(position.Number), position.Epoch);
            return position.Number;
        }
    }

    [Fact]
    public void A_time_that_no_calendar_has_is_refused()
    {
        foreach (var time in new Timestamp[]
        {
            new() { Seconds = long.MaxValue }, new() { Seconds = long.MinValue }, new() { Nanos = -1 }, new() { Nanos = 1_000_000_000 },
        })
        {
            Assert.Equal("time must be a moment of the years 1 to 9999.", Refused(new() { Time = time }).Status.Detail);
        }
    }

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(0, 999_999_999, false)]
    [InlineData(0, 0, false)]
    [InlineData(-1, 0, false)]
    [InlineData(300, 0, true)]
    [InlineData(301, 0, false)]
    [InlineData(long.MaxValue, 0, false)]
    [InlineData(2, 999_999_999, true)]
    [InlineData(2, 1_000_000_000, false)]
    [InlineData(2, -1, false)]
    public void Silence_lasts_from_a_second_to_five_minutes(long seconds, int nanos, bool good)
    {
        var request = new Wire.StreamEventsRequest { HeartbeatInterval = new Duration { Seconds = seconds, Nanos = nanos } };
        if (good)
        {
            Assert.Equal(TimeSpan.FromSeconds(seconds) + TimeSpan.FromTicks(nanos / 100), Read(request).HeartbeatInterval);
        }
        else
        {
            Assert.Contains("heartbeat_interval must be between 1 s and 5 min", Refused(request).Status.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_a_wish_silence_and_filter_are_the_usual_ones()
    {
        var request = Read(new());

        Assert.Equal(Usual, request.HeartbeatInterval);
        Assert.Equal(EventFilter.Everything, request.Filter);
        Assert.Equal(EventFilter.Everything, Read(new() { Filter = new() }).Filter);
    }

    [Fact]
    public void Every_list_of_a_filter_is_read()
    {
        var filter = Read(new()
        {
            Filter = new()
            {
                Apps = { "roomvox", "introvox" },
                Kinds = { Wire.EventKind.ReportAccepted, Wire.EventKind.ClaimRefused, Wire.EventKind.ReportAccepted },
                Countries = { "DE", "AZ" },
                AppVersions = { "1.0", new string('9', 64) },
                Verdicts = { Wire.ClaimVerdict.Refused, Wire.ClaimVerdict.Community },
            },
        }).Filter;

        Assert.Equal(["roomvox", "introvox"], filter.Apps);
        Assert.Equal(EventKinds.ReportAccepted | EventKinds.ClaimRefused, filter.Kinds);
        Assert.Equal(["DE", "AZ"], filter.Countries);
        Assert.Equal(["1.0", new string('9', 64)], filter.AppVersions);
        Assert.Equal([ClaimVerdict.Refused, ClaimVerdict.Community], filter.Verdicts);
    }

    [Fact]
    public void Every_kind_of_the_contract_has_its_bit()
    {
        foreach (var kind in System.Enum.GetValues<Wire.EventKind>().Where(kind => kind != Wire.EventKind.Unspecified))
        {
            var read = Read(new() { Filter = new() { Kinds = { kind } } }).Filter.Kinds;
            Assert.Equal(kind.ToString(), read.ToString());
        }
    }

    public static TheoryData<string, string> BadFilters { get; } = new()
    {
        { "filter.kinds", """{ "kinds": [0] }""" },
        { "filter.kinds", """{ "kinds": [6] }""" },
        { "filter.kinds", """{ "kinds": [31] }""" },
        { "filter.kinds", """{ "kinds": [33] }""" },
        { "filter.kinds", """{ "kinds": [-1] }""" },
        { "filter.apps", """{ "apps": ["no-such-app"] }""" },
        { "filter.apps", """{ "apps": ["roomvox", ""] }""" },
        { "filter.verdicts", """{ "verdicts": [5] }""" },
        { "filter.countries", """{ "countries": ["D"] }""" },
        { "filter.countries", """{ "countries": ["de"] }""" },
        { "filter.countries", """{ "countries": ["D1"] }""" },
        { "filter.countries", """{ "countries": ["DEU"] }""" },
        { "filter.countries", """{ "countries": [""] }""" },
        { "filter.app_versions", """{ "appVersions": [""] }""" },
        { "filter.app_versions", $$"""{ "appVersions": ["{{new string('9', 65)}}"] }""" },
    };

    [Theory]
    [MemberData(nameof(BadFilters))]
    public void A_value_that_no_event_can_have_is_refused_by_the_name_of_its_list(string field, string filter)
    {
        var refusal = Refused(new() { Filter = Wire.EventFilter.Parser.ParseJson(filter) });

        Assert.Equal($"{field} holds a value that no event can have; check it against the contract.", refusal.Status.Detail);
    }

    [Fact]
    public void A_list_has_up_to_a_hundred_values()
    {
        var versions = Enumerable.Range(0, 100).Select(i => $"1.{i}").ToList();
        Assert.Equal(100, Read(new() { Filter = new() { AppVersions = { versions } } }).Filter.AppVersions!.Count);

        var refusal = Refused(new() { Filter = new() { AppVersions = { versions, "2" } } });

        Assert.Equal("filter.app_versions must have at most 100 values.", refusal.Status.Detail);
    }

    private FeedRequest Read(Wire.StreamEventsRequest request) =>
        _reader.ReadAsync(request, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private RpcException Refused(Wire.StreamEventsRequest request) => Assert.Throws<RpcException>(() => Read(request));

    private void Commit(int count)
    {
        var reports = new RandomReports(new Random(5));
        // One by one, because retention takes whole commits.
        for (var i = 0; i < count; i++)
        {
            _store.Commit([reports.Next(i)], TemporaryStore.NoLimit);
        }
    }
}
