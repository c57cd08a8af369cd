using Telemetry.Contracts.V1;

namespace Telemetry.Dashboard.Live;

/// <summary>An answer that follows its changes: after each it equals the answer to asking again.</summary>
public static class WatchedAnswer
{
    /// <returns>The new answer; the old one stays as it is.</returns>
    public static QueryResponse Apply(QueryResponse old, QueryChange change)
    {
        var answer = old.Clone();
        answer.Position = change.Position;
        answer.Time = change.Time;
        answer.Total = change.Total;
        answer.GroupCount = change.GroupCount;
        var replaced = change.Groups.Select(KeyOf).ToHashSet(StringComparer.Ordinal);
        var staying = new Queue<Group>(old.Groups.Where((group, place) =>
            !change.Gone.Contains((uint)place) && !replaced.Contains(KeyOf(group))));
        var groups = new Group?[change.GroupTotal];
        foreach (var (group, place) in change.Groups.Zip(change.Places))
        {
            groups[place] = group;
        }

        answer.Groups.Clear();
        answer.Groups.AddRange(groups.Select(group => group ?? staying.Dequeue()));
        return answer;
    }

    private static string KeyOf(Group group) => string.Join('\n', group.Keys.Select(key => key.KeyCase switch
    {
        GroupKey.KeyOneofCase.Value => "v" + key.Value,
        // There is one rest, however many it holds.
        var other => other.ToString(),
    }));
}
