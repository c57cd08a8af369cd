using Telemetry.Server.Ingestion;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Tests.Ingestion;

/// <summary>Who is answered with what once a commit is on disk.</summary>
public sealed class CommitAnswersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(257)]
    public async Task Everybody_gets_the_outcomes_of_the_own_reports(int callers)
    {
        var batch = Enumerable.Range(0, callers).Select(IPendingCommit (i) =>
            i % 3 == 2 ? new PendingReports(new Report[1 + (i % 5)]) : new PendingReport(null!)).ToList();
        var outcomes = Enumerable.Range(1, batch.Sum(pending => pending.Count)).Select(Outcome).ToArray();
        CommitAnswers.Complete(batch, outcomes);

        var next = 1;
        foreach (var pending in batch)
        {
            var got = pending is PendingReports all
                ? await Patience.For(all.Task, "outcomes")
                : [await Patience.For(((PendingReport)pending).Task, "an outcome")];
            Assert.Equal(Enumerable.Range(next, pending.Count).Select(Outcome), got);
            next += pending.Count;
        }

        Assert.Equal(outcomes.Length + 1, next);
    }

    [Fact]
    public async Task After_a_failure_everybody_is_told_so()
    {
        var batch = Enumerable.Range(0, 70).Select(_ => new PendingReport(null!)).ToList();
        var failure = new StoreUnavailableException("No space left on device");

        CommitAnswers.Fail(batch, failure);

        foreach (var pending in batch)
        {
            Assert.Same(failure, await Assert.ThrowsAsync<StoreUnavailableException>(() => Patience.For(pending.Task, "a failure")));
        }
    }

    [Fact]
    public async Task A_caller_that_does_not_go_on_holds_up_neither_the_writer_nor_the_next_commit()
    {
        using var release = new ManualResetEventSlim();
        var stuck = new TaskCompletionSource();
        var slow = new PendingReport(null!);
        var goesOn = slow.Task.ContinueWith(
            _ =>
            {
                stuck.SetResult();
                release.Wait();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        CommitAnswers.Complete([slow], new[] { Outcome(1) });
        await Patience.For(stuck.Task, "the slow caller");

        var next = new PendingReport(null!);
        CommitAnswers.Complete([next], new[] { Outcome(2) });

        Assert.Equal(Outcome(2), await Patience.For(next.Task, "the next outcome"));
        Assert.False(goesOn.IsCompleted);
        release.Set();
        await Patience.For(goesOn, "the slow caller's end");
    }

    private static CommitOutcome Outcome(int number) => new(
        CommitDecision.Accepted, new FeedPosition(7, number), DateTimeOffset.UnixEpoch, ClaimVerdict.Community, ContentTag: 0);
}
