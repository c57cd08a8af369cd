using Telemetry.Contracts.V1;
using Figures = Telemetry.Contracts.V1.Figures;
using WatchedAnswer = Telemetry.Dashboard.Live.WatchedAnswer;

namespace Telemetry.Dashboard.Tests.Pages;

public sealed class WatchedAnswerTests
{
    [Fact]
    public void A_change_replaces_inserts_and_removes_groups_and_leaves_the_old_answer_alone()
    {
        var old = new QueryResponse { Groups = { Of("a", 5), Of("b", 4), Of("c", 3) } };
        var change = new QueryChange { Position = new FeedPosition { Number = 9 }, GroupTotal = 3, Groups = { Of("c", 6), Of("d", 1) }, Places = { 0, 2 }, Gone = { 1 } };

        var answer = WatchedAnswer.Apply(old, change);

        Assert.Equal(["c6", "a5", "d1"], answer.Groups.Select(group => $"{group.Keys[0].Value}{group.Figures[0].Values[0]}"));
        Assert.Equal(9u, answer.Position.Number);
        Assert.Equal(3, old.Groups.Count);
    }

    private static Group Of(string value, double count) => new() { Keys = { new GroupKey { Value = value } }, Figures = { new Figures { Values = { count } } } };
}
