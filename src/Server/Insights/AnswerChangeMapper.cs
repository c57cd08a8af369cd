using Telemetry.Contracts.V1;

namespace Telemetry.Server.Insights;

/// <summary>The difference between two answers to one question.</summary>
internal static class AnswerChangeMapper
{
    /// <returns>Null when the later one is the same but for position and moment; all of it when its points are others.</returns>
    public static WatchQueryResponse? Between(QueryResponse before, QueryResponse after)
    {
        if (!before.Points.Equals(after.Points) || !before.PreviousPoints.Equals(after.PreviousPoints))
        {
            return new WatchQueryResponse { Answer = after };
        }

        var places = before.Groups.Select((group, place) => (group, place)).ToDictionary(item => item.group.Keys.ToString(), item => item.place, StringComparer.Ordinal);
        var staying = new HashSet<int>();
        var change = new QueryChange
        {
            Position = after.Position,
            Time = after.Time,
            GroupTotal = (uint)after.Groups.Count,
            Total = after.Total,
            GroupCount = after.GroupCount,
        };
        for (var place = 0; place < after.Groups.Count; place++)
        {
            var group = after.Groups[place];
            // Groups are ordered by figures and keys, so those whose figures stay keep their order among themselves.
            if (places.TryGetValue(group.Keys.ToString(), out var old) && before.Groups[old].Equals(group))
            {
                staying.Add(old);
            }
            else
            {
                change.Groups.Add(group);
                change.Places.Add((uint)place);
            }
        }

        change.Gone.AddRange(Enumerable.Range(0, before.Groups.Count).Where(place => !staying.Contains(place)).Select(place => (uint)place));
        return change.Groups.Count == 0 && change.Gone.Count == 0 && before.Total.Equals(after.Total)
            ? null
            : new WatchQueryResponse { Change = change };
    }
}
