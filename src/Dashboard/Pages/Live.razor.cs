using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Components;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Access;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Live;
using Telemetry.Dashboard.Shell;
using Telemetry.Dashboard.State;
using Scope = Telemetry.Contracts.V1.Scope;

namespace Telemetry.Dashboard.Pages;

/// <summary>What comes in, event by event.</summary>
/// <remarks>The list is drawn at most four times a second, however much comes, and said aloud at most every ten.</remarks>
public sealed partial class Live : Page
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Spoken = TimeSpan.FromSeconds(10);

    private readonly EventLog _log = new();
    private Replay _replay = null!;
    private readonly CancellationTokenSource _leaving = new();
    private Follower<StreamEventsResponse>? _feed;
    private Address? _asked;
    private IReadOnlyList<EventLine> _shown = [];
    private IReadOnlyList<double> _byMinute = [];
    private IReadOnlyList<(string Country, int Count)> _byCountry = [];
    private bool _dirty = true;
    private DateTime? _replayTime;
    private string _replayNumber = "";
    private string? _spoken;
    private long _spokenSeen;
    private DateTimeOffset _spokenAt;
    private Timestamp? _start;
    private Failure? _failure;

    [Inject]
    private Browser Browser { get; set; } = null!;

    protected override Scope Needs => Scope.Live;

    private double LastMinute => _byMinute.Count > 1 ? _byMinute[^1] + _byMinute[^2] : 0;

    private bool IsReplay => Address["from"] is not null;

    /// <summary>The moment that the page shows: now, and in a replay the one it has come to.</summary>
    private DateTimeOffset Moment => !IsReplay || (_log.IsCaughtUp && _replay.Now is null) ? Clock.GetUtcNow()
        : _replay.Now ?? _log.Newest?.Time.ToDateTimeOffset() ?? Clock.GetUtcNow();

    private string? Stamp => _log.Position is { } position
        ? $"{Say("Event", "Ereignis")} {Formats.Count(position.Number)} · {Formats.FullMoment(Moment)}" : null;

    private string Sentence => IsReplay && !_log.IsCaughtUp
        ? Say($"Replaying **{Formats.FullMoment(Moment)}**: {Words.Count(_byMinute.Sum(), ("report", "reports"), ("", ""))} in the {EventLog.Minutes} minutes before.", $"Wiedergabe von **{Formats.FullMoment(Moment)}**: {Words.Count(_byMinute.Sum(), ("", ""), ("Bericht", "Berichte"))} in den {EventLog.Minutes} Minuten davor.")
        : $"**{Words.Count(LastMinute, ("report", "reports"), ("Bericht", "Berichte"))}** "
        + Say($"in the last two minutes, {Formats.Count(_byMinute.Sum())} in the last {EventLog.Minutes}", $"in den letzten zwei Minuten, {Formats.Count(_byMinute.Sum())} in den letzten {EventLog.Minutes}")
        + (_log.Newest is { } newest ? Say("; the newest was stored **", "; der neueste kam **") + Formats.Ago(newest.Time.ToDateTimeOffset(), Clock.GetUtcNow()) + "**." : ".");

    private string Following => _log switch
    {
        { IsPaused: true } => $"{Say("Paused at", "Angehalten um")} {Formats.Moment(_log.PausedAt!.Value)} · {Formats.Count(_log.Newer)} {Say("newer", "neuere")}",
        { IsCaughtUp: true } => Say("Following", "Läuft mit"),
        { Newest: not null } when IsReplay => $"{Say("Replaying", "Wiedergabe:")} {Formats.FullMoment(Moment)}",
        _ => "",
    };

    private string? Broken => (_failure ?? (_feed?.State is LinkState.Waiting or LinkState.Refused ? _feed.Failure : null)) is { } failure
        ? Failures.Explain(Words, failure) + " " + Say("What is missed meanwhile is fetched then.", "Was inzwischen fehlt, wird dann geholt.")
        : null;

    private int? Speed => IsReplay && int.TryParse(Address["speed"], NumberStyles.None, CultureInfo.InvariantCulture, out var speed) && speed is >= 1 and <= 10_000 ? speed : null;

    private IReadOnlyList<SegmentedOption<int>> Speeds =>
        [new(1, Say("real time", "Echtzeit")), new(10, "10×"), new(100, "100×"), new(0, Say("at once", "sofort"))];

    private IReadOnlyList<(string Value, string Name)> AppOptions =>
        [("", Say("All apps", "Alle Apps")), .. Catalog.Apps.Select(app => (app.Slug, app.DisplayName))];

    private IReadOnlyList<(string Value, string Name)> KindOptions =>
    [
        ("", Say("any", "jede")), ("new", Say("first report", "erster Bericht")), ("returned", Say("returned", "zurückgekehrt")),
        ("version", Say("version changed", "Version geändert")), ("refused", Say("claim refused", "Anspruch abgelehnt")),
    ];

    private IReadOnlyList<Place> Places =>
        [.. _byCountry.Select(country => new Place(country.Country, Names.Country(country.Country), country.Count, Kind: country.Country.Length == 0 ? BarKind.Unknown : BarKind.Ordinary))];

    /// <summary>A ring for each country that reported, a second one for the last minute.</summary>
    private IReadOnlyList<Ping> Pings => [.. _byCountry.Where(country => country.Country.Length > 0)
        .Select(country => new Ping(country.Country, _log.Lines.OfType<EventLine.Happened>().Any(line =>
            Moment - line.Event.Time.ToDateTimeOffset() < TimeSpan.FromMinutes(1) && line.Event.Report?.Report?.Environment?.Country == country.Country)))];

    private IReadOnlyList<Bar> Bars
    {
        get
        {
            var named = _byCountry.Where(country => country.Country.Length > 0).ToArray();
            var bars = named.Take(6).Select(country => new Bar(Names.Country(country.Country), country.Count, country.Country)).ToList();
            if (named.Length > 6)
            {
                bars.Add(new Bar(Words.MoreValues(named.Length - 6), named.Skip(6).Sum(country => country.Count)) { Kind = BarKind.Rest });
            }

            if (_byCountry.FirstOrDefault(country => country.Country.Length == 0) is { Count: > 0 } unknown)
            {
                bars.Add(new Bar(Words.Unknown, unknown.Count) { Kind = BarKind.Unknown });
            }

            return bars;
        }
    }

    private Axis MinuteAxis => Axis.Numbered(
        Say("Minute", "Minute"), EventLog.Minutes,
        i => i == EventLog.Minutes - 1 ? Say("this minute", "diese Minute") : Say($"{EventLog.Minutes - 1 - i} minutes ago", $"vor {EventLog.Minutes - 1 - i} Minuten"),
        i => i == EventLog.Minutes - 1 ? Say("now", "jetzt") : $"−{EventLog.Minutes - 1 - i}", 7);

    private IReadOnlyList<Series> MinuteSeries => [Series.Of(Say("reports", "Berichte"), _byMinute)];

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _replay = new Replay(Clock);
        _ = DrawAsync();
    }

    protected override async Task AskAsync()
    {
        if (_replay.Speed != Speed)
        {
            _replay.Speed = Speed;
        }

        // Another pace goes on where the replay is.
        if (Address.With("speed") is var asked && asked.Equals(_asked))
        {
            return;
        }

        _asked = asked;
        _log.Clear();
        _replay.Clear();
        _dirty = true;
        (_start, _failure) = await StartAsync();
        _feed = new Follower<StreamEventsResponse>(Fleet, Clock, options => Fleet.Feed.StreamEvents(Request(), options), Take, GivesWay);
        Pulse.Use(_feed);
    }

    public override void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        if (_feed is not null)
        {
            Pulse.Leave(_feed);
        }

        base.Dispose();
    }

    /// <summary>From a time, or from the event with a number; the last minutes when neither is said.</summary>
    private async Task<(Timestamp?, Failure?)> StartAsync()
    {
        var from = Address["from"] ?? "";
        if (DateTimeOffset.TryParse(from, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && from.Contains('-', StringComparison.Ordinal))
        {
            return (Timestamp.FromDateTimeOffset(time), null);
        }

        if (ulong.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
        {
            try
            {
                var report = await Fleet.AskAsync(Fleet.Admin.GetReportAsync, new GetReportRequest { Number = number }, _leaving.Token);
                return (report.Report.AcceptedAt, null);
            }
            catch (RpcException e)
            {
                return (null, Failure.Of(e));
            }
        }

        return (Timestamp.FromDateTimeOffset(Clock.GetUtcNow() - TimeSpan.FromMinutes(EventLog.Minutes)), null);
    }

    /// <summary>Not before everything up to now was told, on this connection and not on one before.</summary>
    private bool GivesWay(StreamEventsResponse message) =>
        message.MessageCase is StreamEventsResponse.MessageOneofCase.CaughtUp or StreamEventsResponse.MessageOneofCase.Heartbeat && Browser.IsCrowded;

    private StreamEventsRequest Request()
    {
        var request = new StreamEventsRequest { HeartbeatInterval = Duration.FromTimeSpan(Follower<StreamEventsResponse>.Heartbeat), Filter = new EventFilter { Apps = { View.Apps } } };
        if (_log.Position is { } position)
        {
            request.After = position.Cursor;
        }
        else
        {
            request.Time = _start;
        }

        if (KindOf(Address["kind"]) is { } kind)
        {
            request.Filter.Kinds.Add(kind);
        }

        if (Address["country"] is { Length: 2 } country)
        {
            request.Filter.Countries.Add(country);
        }

        return request;
    }

    private static EventKind? KindOf(string? kind) => kind switch
    {
        "new" => EventKind.InstanceDiscovered,
        "returned" => EventKind.InstanceReturned,
        "version" => EventKind.AppVersionChanged,
        "refused" => EventKind.ClaimRefused,
        _ => null,
    };

    private async ValueTask Take(StreamEventsResponse message)
    {
        _replay.Hold(message);
        Pass();
        while (_replay.IsFull)
        {
            await Task.Delay(Frame, Clock, _leaving.Token);
        }
    }

    /// <summary>Into the list what has come, at the pace of the replay.</summary>
    private void Pass()
    {
        foreach (var message in _replay.Due())
        {
            _log.Take(message);
            _dirty = true;
        }

        if (_log.Position is { } position)
        {
            Pulse.See(position);
        }
    }

    private async Task DrawAsync()
    {
        var second = 0L;
        try
        {
            while (true)
            {
                // Counted from the end of a drawing: on a slow machine one takes longer than a frame, and what comes in is read in between.
                await Task.Delay(Frame, Clock, _leaving.Token);
                Pass();
                var now = Clock.GetUtcNow();
                if (_dirty || (now.ToUnixTimeSeconds() != second && !_log.IsPaused))
                {
                    (_dirty, second) = (false, now.ToUnixTimeSeconds());
                    Draw(now);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The page is left.
        }
    }

    private void Draw(DateTimeOffset now)
    {
        if (!_log.IsPaused)
        {
            _shown = [.. _log.Lines];
            (_byMinute, _byCountry) = (_log.ByMinute(Moment), _log.ByCountry(Moment));
            if (now - _spokenAt >= Spoken && _log.Seen != _spokenSeen)
            {
                _spoken = Words.Count(_log.Seen - _spokenSeen, ("new event", "new events"), ("neues Ereignis", "neue Ereignisse"));
                (_spokenAt, _spokenSeen) = (now, _log.Seen);
            }
        }

        StateHasChanged();
    }

    private void Pause() => _log.Pause(Clock.GetUtcNow());

    private void Resume()
    {
        _log.Resume();
        _dirty = true;
    }

    private void Replay()
    {
        var from = _replayNumber.Trim() is { Length: > 0 } number ? number
            : _replayTime?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        if (from is not null)
        {
            Choose("from", from);
        }
    }
}
