namespace Telemetry.Contracts.V1;

/// <summary>The answer to a watched question, kept up to date by what WatchQuery sends.</summary>
/// <remarks>Not thread-safe: messages come one after another.</remarks>
public sealed class WatchedAnswer
{
    /// <summary>The answer as it is now; null before the first message.</summary>
    public QueryResponse? Current { get; private set; }

    /// <summary>Takes the next message of the stream.</summary>
    /// <param name="message">The message.</param>
    /// <exception cref="InvalidOperationException">A change came before any answer.</exception>
    public void Take(WatchQueryResponse message)
    {
        switch (message?.MessageCase)
        {
            case WatchQueryResponse.MessageOneofCase.Answer:
                Current = message.Answer.Clone();
                break;
            case WatchQueryResponse.MessageOneofCase.Change:
                Current = After(Current ?? throw new InvalidOperationException("The stream begins with an answer."), message.Change);
                break;
            case WatchQueryResponse.MessageOneofCase.Unchanged when Current is not null:
                Current = Current.Clone();
                Current.Position = message.Unchanged;
                break;
            default:
                break;
        }
    }

    private static QueryResponse After(QueryResponse before, QueryChange change)
    {
        var next = new QueryResponse
        {
            Position = change.Position,
            Time = change.Time,
            RunningDay = before.RunningDay,
            Points = { before.Points },
            PreviousPoints = { before.PreviousPoints },
            Total = change.Total,
            GroupCount = change.GroupCount,
        };
        var gone = new HashSet<uint>(change.Gone);
        var staying = new Queue<Group>(before.Groups.Where((_, place) => !gone.Contains((uint)place)));
        var changed = new Dictionary<uint, Group>();
        for (var i = 0; i < change.Places.Count; i++)
        {
            changed[change.Places[i]] = change.Groups[i];
        }

        for (var place = 0u; place < change.GroupTotal; place++)
        {
            next.Groups.Add(changed.TryGetValue(place, out var group) ? group : staying.Dequeue());
        }

        return next;
    }
}
