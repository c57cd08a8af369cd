using Telemetry.Contracts.V1;

namespace Telemetry.Dashboard.Live;

/// <summary>The pace of a replay: what the stream told is held until the replay's own clock has come to it.</summary>
/// <remarks>The clock starts with the first event and never passes the real one: a replay that has caught up is live.</remarks>
public sealed class Replay(TimeProvider clock)
{
    /// <summary>What is held at most; whoever reads the stream waits until there is room.</summary>
    public const int MostHeld = 2_000;

    private readonly Queue<StreamEventsResponse> _held = [];
    private DateTimeOffset? _start, _last;
    private DateTimeOffset _startedAt;
    private int? _speed;

    /// <summary>So many times as fast as it happened; nothing for as fast as it comes.</summary>
    public int? Speed
    {
        get => _speed;
        set
        {
            // From where it is: its time, else what came last, else where it begins.
            (_start, _startedAt) = (Now ?? _last ?? _start, clock.GetUtcNow());
            _speed = value;
        }
    }

    public bool IsFull => _held.Count >= MostHeld;

    /// <summary>The replay's own time; nothing before its first event, or without a pace.</summary>
    public DateTimeOffset? Now
    {
        get
        {
            if (_speed is not { } speed || _start is not { } start)
            {
                return null;
            }

            var now = clock.GetUtcNow();
            return start + ((now - _startedAt) * speed) is var time && time < now ? time : now;
        }
    }

    public void Hold(StreamEventsResponse message)
    {
        if (_start is null && message.Event is { } first)
        {
            (_start, _startedAt) = (first.Time.ToDateTimeOffset(), clock.GetUtcNow());
        }

        _held.Enqueue(message);
    }

    /// <summary>What has come by now, in its order.</summary>
    public IEnumerable<StreamEventsResponse> Due()
    {
        while (_held.TryPeek(out var next) && (_speed is null || next.Event is not { } happened || happened.Time.ToDateTimeOffset() <= Now))
        {
            _last = next.Event?.Time.ToDateTimeOffset() ?? _last;
            yield return _held.Dequeue();
        }
    }

    public void Clear()
    {
        _held.Clear();
        (_start, _last) = (null, null);
    }
}
