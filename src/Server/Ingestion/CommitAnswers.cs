using Telemetry.Server.Storage;

namespace Telemetry.Server.Ingestion;

/// <summary>Answers the callers of one commit, a few dozen after one another on a thread of the pool.</summary>
/// <remarks>
/// Not on the writer's thread, so that a slow caller never holds up the next commit; not each on its own, because waking
/// a thread costs as much as an answer, and answers to one connection that come together leave together.
/// </remarks>
internal sealed class CommitAnswers : IThreadPoolWorkItem
{
    /// <summary>Enough to share one waking and few enough that all cores help with a large batch.</summary>
    private const int AtATime = 32;

    private readonly ArraySegment<IPendingCommit> _pending;
    private readonly ReadOnlyMemory<CommitOutcome> _outcomes;
    private readonly Exception? _failure;

    private CommitAnswers(ArraySegment<IPendingCommit> pending, ReadOnlyMemory<CommitOutcome> outcomes, Exception? failure)
    {
        _pending = pending;
        _outcomes = outcomes;
        _failure = failure;
    }

    /// <param name="batch">Who waits.</param>
    /// <param name="outcomes">Of their reports, in their order.</param>
    public static void Complete(IReadOnlyCollection<IPendingCommit> batch, ReadOnlyMemory<CommitOutcome> outcomes) =>
        Queue(batch, outcomes, failure: null);

    /// <param name="batch">Who waits.</param>
    /// <param name="failure">Why nothing was committed.</param>
    public static void Fail(IReadOnlyCollection<IPendingCommit> batch, Exception failure) => Queue(batch, default, failure);

    public void Execute()
    {
        var next = 0;
        foreach (var pending in _pending)
        {
            if (_failure is not null)
            {
                pending.Fail(_failure);
                continue;
            }

            pending.Complete(_outcomes.Span.Slice(next, pending.Count));
            next += pending.Count;
        }
    }

    private static void Queue(
        IReadOnlyCollection<IPendingCommit> batch, ReadOnlyMemory<CommitOutcome> outcomes, Exception? failure)
    {
        IPendingCommit[] all = [.. batch];
        for (var first = 0; first < all.Length; first += AtATime)
        {
            var some = new ArraySegment<IPendingCommit>(all, first, Math.Min(AtATime, all.Length - first));
            ThreadPool.UnsafeQueueUserWorkItem(new CommitAnswers(some, outcomes, failure), preferLocal: false);
            outcomes = failure is null ? outcomes[some.Sum(pending => pending.Count)..] : default;
        }
    }
}
