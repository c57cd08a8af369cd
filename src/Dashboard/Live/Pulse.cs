using Google.Protobuf.WellKnownTypes;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Access;
using Telemetry.Dashboard.Data;

namespace Telemetry.Dashboard.Live;

/// <summary>The tab's one stream: a watched question, or on one page the feed. Closed while nobody looks.</summary>
/// <remarks>
/// Browsers allow six connections to a server without TLS, so a second stream would soon hang another tab. Where many tabs are looked at,
/// those that were looked at first keep their streams and the others take turns: each asks what is new and leaves.
/// </remarks>
public sealed class Pulse
{
    private readonly WatchedAnswer _merged = new();
    private readonly FleetClient _fleet;
    private readonly TimeProvider _clock;
    private readonly Session _session;
    private readonly Browser _browser;
    private readonly Rights _rights;
    private IFollower? _follower;
    private QueryRequest? _watched;
    private bool _hidden;

    public Pulse(FleetClient fleet, Session session, Rights rights, Browser browser, TimeProvider clock)
    {
        (_fleet, _session, _rights, _browser, _clock) = (fleet, session, rights, browser, clock);
        session.Changed += () =>
        {
            if (session.Token is null)
            {
                Use(null);
            }
        };
    }

    public IFollower? Follower => _follower;

    /// <summary>The newest position that is known.</summary>
    public FeedPosition? Position { get; private set; }

    /// <summary>The latest answer to what is watched.</summary>
    public QueryResponse? Answer { get; private set; }

    public event Action? Changed;

    /// <summary>How many installations were active: what is watched where a page does not ask for more.</summary>
    public static QueryRequest Usual => new() { Population = new Population { Activity = Activity.Known } };

    /// <summary>Follows a question from now on.</summary>
    public void Watch(QueryRequest query)
    {
        if (_session.Token is null || query.Equals(_watched))
        {
            return;
        }

        Answer = null;
        if (!_rights.May(Scope.Read))
        {
            Use(null);
            return;
        }

        Use(new Follower<WatchQueryResponse>(_fleet, _clock, options => _fleet.Insights.WatchQuery(
            new WatchQueryRequest { Query = query, HeartbeatInterval = Duration.FromTimeSpan(Follower<WatchQueryResponse>.Heartbeat) }, options), Take, _ => _browser.IsCrowded));
        _watched = query;
    }

    /// <summary>Takes the tab's stream for something else.</summary>
    public void Use(IFollower? follower)
    {
        if (_follower is not null)
        {
            _follower.Changed -= Tell;
            _follower.Stop(hidden: false);
        }

        (_follower, _watched) = (follower, null);
        if (follower is not null)
        {
            follower.Changed += Tell;
            if (!_hidden)
            {
                follower.Start();
            }
        }

        Tell();
    }

    /// <summary>Gives it back.</summary>
    public void Leave(IFollower follower)
    {
        if (_follower == follower)
        {
            Watch(Usual);
        }
    }

    public void Look(bool visible)
    {
        if (_hidden != visible)
        {
            return;
        }

        _hidden = !visible;
        if (visible)
        {
            _follower?.Start();
        }
        else
        {
            _follower?.Stop(hidden: true);
        }
    }

    public void See(FeedPosition position) => Position = position;

    private ValueTask Take(WatchQueryResponse message)
    {
        _merged.Take(message);
        Answer = _merged.Current;
        Position = Answer?.Position;
        Tell();
        return ValueTask.CompletedTask;
    }

    private void Tell() => Changed?.Invoke();
}
