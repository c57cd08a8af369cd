using Google.Protobuf.Collections;
using Microsoft.Extensions.Options;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Telemetry.Schema;
using Telemetry.Schema.Kinds;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Feed;

/// <summary>Reads and checks what a reader asks for. A value that could match nothing is refused, not ignored.</summary>
internal sealed class FeedRequestReader(ITelemetryStore store, AppRegistry apps, IOptions<FeedOptions> options)
{
    private const int MaxValues = 100;

    /// <exception cref="Grpc.Core.RpcException">The request breaks a rule, or names a position this log cannot serve.</exception>
    public async ValueTask<FeedRequest> ReadAsync(Wire.StreamEventsRequest request, CancellationToken cancellation)
    {
        var (filter, heartbeat) = (FilterOf(request.Filter), Heartbeats.Read("heartbeat_interval", request.HeartbeatInterval, options.Value.HeartbeatInterval));
        return new FeedRequest(await StartOfAsync(request, cancellation).ConfigureAwait(false), filter, heartbeat);
    }

    private async ValueTask<FeedPosition> StartOfAsync(Wire.StreamEventsRequest request, CancellationToken cancellation)
    {
        switch (request.StartCase)
        {
            case Wire.StreamEventsRequest.StartOneofCase.After:
                return Resume(request.After);
            case Wire.StreamEventsRequest.StartOneofCase.Beginning:
                var before = Math.Max(store.OldestNumber - 1, 0);
                return new FeedPosition(store.EpochOf(before), before);
            case Wire.StreamEventsRequest.StartOneofCase.Time:
                var first = await store.FirstAtAsync(WireMoments.CeilingMs("time", request.Time), cancellation).ConfigureAwait(false);
                return new FeedPosition(store.EpochOf(first - 1), first - 1);
            default:
                return store.Current;
        }
    }

    private FeedPosition Resume(string after)
    {
        if (!FeedCursor.TryRead(after, out var position))
        {
            throw RpcErrors.InvalidField("after", "must be the cursor of a position that this server gave, as it was given");
        }

        if (!store.Reached(position))
        {
            throw RpcErrors.PositionUnknown();
        }

        var oldest = store.OldestNumber;
        if (position.Number + 1 < oldest)
        {
            throw RpcErrors.PositionExpired(oldest);
        }

        return position;
    }

    private EventFilter FilterOf(Wire.EventFilter? filter)
    {
        if (filter is null)
        {
            return EventFilter.Everything;
        }

        return new EventFilter
        {
            Apps = SetOf("filter.apps", filter.Apps, app => (app, apps.Find(app) is not null)),
            Kinds = KindsOf(filter.Kinds),
            Countries = SetOf("filter.countries", filter.Countries, CountryOf),
            AppVersions = SetOf("filter.app_versions", filter.AppVersions, version =>
                version.Length is > 0 and <= 64 ? (version, true) : (version, false)),
            Verdicts = SetOf("filter.verdicts", filter.Verdicts, verdict => Known<ClaimVerdict>((int)verdict)),
        };
    }

    private static EventKinds KindsOf(RepeatedField<Wire.EventKind> kinds)
    {
        // The contract counts kinds 1, 2, 3 ...; the model has a bit for each.
        var known = SetOf("filter.kinds", kinds, kind =>
            (int)kind is > 0 and < 31 && Enum.IsDefined((EventKinds)(1 << ((int)kind - 1)))
                ? ((EventKinds)(1 << ((int)kind - 1)), true)
                : (EventKinds.None, false));
        return known?.Aggregate(EventKinds.None, (all, kind) => all | kind) ?? EventKinds.None;
    }

    private static (string Value, bool Known) CountryOf(string code) => (code, Countries.Find(code) == code);

    private static (T Value, bool Known) Known<T>(int value)
        where T : struct, Enum
    {
        var known = WireEnums.Known<T>(value);
        return (known.GetValueOrDefault(), known.HasValue);
    }

    private static HashSet<TValue>? SetOf<TWire, TValue>(
        string field, RepeatedField<TWire> values, Func<TWire, (TValue Value, bool Known)> read)
    {
        if (values.Count == 0)
        {
            return null;
        }

        if (values.Count > MaxValues)
        {
            throw RpcErrors.InvalidField(field, $"must have at most {MaxValues} values");
        }

        var set = new HashSet<TValue>();
        foreach (var value in values)
        {
            var (selected, known) = read(value);
            if (!known)
            {
                throw RpcErrors.InvalidField(field, "holds a value that no event can have; check it against the contract");
            }

            set.Add(selected);
        }

        return set;
    }
}

/// <summary>What a reader asked for, checked.</summary>
/// <param name="StartAfter">The position after which to begin.</param>
/// <param name="Filter">What to deliver.</param>
/// <param name="HeartbeatInterval">Longest silence.</param>
internal sealed record FeedRequest(FeedPosition StartAfter, EventFilter Filter, TimeSpan HeartbeatInterval);
