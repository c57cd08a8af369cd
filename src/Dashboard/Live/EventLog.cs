using Telemetry.Contracts.V1;

namespace Telemetry.Dashboard.Live;

/// <summary>A line of the list: an event, or what stands in its place.</summary>
public abstract record EventLine(ulong Number)
{
    /// <param name="IsNew">Whether it came while the page was open, and not from before.</param>
    public sealed record Happened(Event Event, bool IsNew) : EventLine(Event.Position.Number);

    /// <summary>Events that do not exist any more.</summary>
    public sealed record Missing(Gap Gap) : EventLine(Gap.ToNumber);

    /// <summary>The server was slower to tell than events came; nothing is missing.</summary>
    public sealed record Late(ulong After, ulong Behind) : EventLine(After);
}

/// <summary>What the feed told: the newest lines, how many came while the list stood still, and counts of the last minutes.</summary>
public sealed class EventLog
{
    public const int Kept = 200;
    public const int Minutes = 15;

    private readonly LinkedList<EventLine> _lines = [];
    private readonly List<EventLine> _waiting = [];
    private readonly Dictionary<(long Minute, string Country), int> _counts = [];

    /// <summary>Newest first.</summary>
    public IEnumerable<EventLine> Lines => _lines;

    /// <summary>How many came while the list stood still.</summary>
    public long Newer { get; private set; }

    /// <summary>Events since the page was opened.</summary>
    public long Seen { get; private set; }

    public bool IsPaused { get; private set; }

    public DateTimeOffset? PausedAt { get; private set; }

    /// <summary>After what to go on.</summary>
    public FeedPosition? Position { get; private set; }

    /// <summary>Whether everything up to now was told.</summary>
    public bool IsCaughtUp { get; private set; }

    public Event? Newest { get; private set; }

    public void Take(StreamEventsResponse message)
    {
        switch (message.MessageCase)
        {
            case StreamEventsResponse.MessageOneofCase.Hello:
                Position ??= message.Hello.StartingAfter;
                break;
            // What was told before a connection was lost may be told again after it.
            case StreamEventsResponse.MessageOneofCase.Event when Position is null || message.Event.Position.Number > Position.Number:
                Position = message.Event.Position;
                Newest = message.Event;
                Seen++;
                Count(message.Event);
                Add(new EventLine.Happened(message.Event, IsCaughtUp));
                break;
            case StreamEventsResponse.MessageOneofCase.Gap:
                Add(new EventLine.Missing(message.Gap));
                break;
            case StreamEventsResponse.MessageOneofCase.Erased:
                Erase(message.Erased);
                break;
            case StreamEventsResponse.MessageOneofCase.FellBehind:
                IsCaughtUp = false;
                Add(new EventLine.Late(message.FellBehind.Position.Number, message.FellBehind.Behind));
                break;
            case StreamEventsResponse.MessageOneofCase.CaughtUp:
                (IsCaughtUp, Position) = (true, message.CaughtUp.Position);
                break;
            case StreamEventsResponse.MessageOneofCase.Heartbeat:
                Position = message.Heartbeat.Position;
                break;
        }
    }

    public void Pause(DateTimeOffset at) => (IsPaused, PausedAt) = (true, at);

    public void Resume()
    {
        (IsPaused, PausedAt) = (false, null);
        foreach (var line in _waiting)
        {
            Insert(line);
        }

        _waiting.Clear();
        Newer = 0;
    }

    /// <summary>Begins anew elsewhere.</summary>
    public void Clear()
    {
        _lines.Clear();
        _waiting.Clear();
        _counts.Clear();
        (Newer, Seen, Position, IsCaughtUp, Newest, IsPaused, PausedAt) = (0, 0, null, false, null, false, null);
    }

    /// <summary>Events a minute, the running one last.</summary>
    public IReadOnlyList<double> ByMinute(DateTimeOffset now)
    {
        var last = MinuteOf(now);
        return [.. Enumerable.Range(0, Minutes).Select(i => (double)_counts.Where(count => count.Key.Minute == last - Minutes + 1 + i).Sum(count => count.Value))];
    }

    /// <summary>Events of the last minutes by country, the empty one unknown.</summary>
    public IReadOnlyList<(string Country, int Count)> ByCountry(DateTimeOffset now)
    {
        var last = MinuteOf(now);
        return [.. _counts.Where(count => count.Key.Minute > last - Minutes && count.Key.Minute <= last)
            .GroupBy(count => count.Key.Country).Select(group => (group.Key, group.Sum(count => count.Value)))
            .OrderByDescending(country => country.Item2)];
    }

    /// <summary>Copies go too.</summary>
    private void Erase(Erased erased)
    {
        foreach (var line in _lines.Where(IsErased).ToList())
        {
            _lines.Remove(line);
        }

        Newer -= _waiting.RemoveAll(IsErased);
        Newest = Newest is { Position.Number: var number } && erased.Numbers.Any(range => number >= range.First && number <= range.Last) ? null : Newest;

        bool IsErased(EventLine line) =>
            line is EventLine.Happened && erased.Numbers.Any(range => line.Number >= range.First && line.Number <= range.Last);
    }

    private void Count(Event happened)
    {
        var minute = MinuteOf(happened.Time.ToDateTimeOffset());
        var country = happened.Report?.Report?.Environment?.Country ?? "";
        _counts[(minute, country)] = _counts.GetValueOrDefault((minute, country)) + 1;
        foreach (var old in _counts.Keys.Where(key => key.Minute <= minute - (2 * Minutes)).ToList())
        {
            _counts.Remove(old);
        }
    }

    private void Add(EventLine line)
    {
        if (!IsPaused)
        {
            Insert(line);
            return;
        }

        Newer++;
        _waiting.Add(line);
        if (_waiting.Count > Kept)
        {
            _waiting.RemoveAt(0);
        }
    }

    private void Insert(EventLine line)
    {
        _lines.AddFirst(line);
        if (_lines.Count > Kept)
        {
            _lines.RemoveLast();
        }
    }

    private static long MinuteOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / 60;
}
