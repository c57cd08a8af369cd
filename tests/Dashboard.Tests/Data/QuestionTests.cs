using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Access;
using Telemetry.Dashboard.Data;
using Telemetry.Testing;

namespace Telemetry.Dashboard.Tests.Data;

public sealed class QuestionTests : IDisposable
{
    private readonly FakeFleet _fleet = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly List<TaskCompletionSource<QueryResponse>> _asked = [];
    private readonly Question<QueryRequest, QueryResponse> _question;

    public QuestionTests() => _question = Ask();

    public void Dispose()
    {
        _question.Dispose();
    }

    [Fact]
    public async Task A_page_that_was_left_asks_nothing_more_and_does_not_fail()
    {
        await AnsweredAsync(7, Of(1));
        _question.Dispose();

        _question.Forget();
        await _question.AskAsync(About(30));
        await _question.AgainAsync();
        _question.Dispose();

        Assert.Single(_asked);
    }

    [Fact]
    public async Task The_same_question_is_asked_once()
    {
        var first = _question.AskAsync(About(7));
        await _question.AskAsync(About(7));
        _asked[0].SetResult(Of(1));
        await first;
        await _question.AskAsync(About(7));

        Assert.Single(_asked);
        Assert.Equal(1UL, _question.Answer!.Position.Number);
        Assert.Equal(_clock.GetUtcNow(), _question.AnsweredAt);
    }

    [Fact]
    public async Task An_earlier_answer_stays_until_the_new_one_comes_and_is_told_apart_from_it()
    {
        await AnsweredAsync(7, Of(1));

        var next = _question.AskAsync(About(30));
        await Patience.Until(() => _asked.Count == 2, "the next is asked");

        Assert.Equal((1UL, true, true), (_question.Answer!.Position.Number, _question.IsEarlier, _question.IsRunning));
        _asked[1].SetResult(Of(2));
        await next;
        Assert.Equal((2UL, false, false), (_question.Answer.Position.Number, _question.IsEarlier, _question.IsRunning));
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_does_not_take_the_place_of_the_one_asked_for_since()
    {
        var first = _question.AskAsync(About(7));
        var second = _question.AskAsync(About(30));
        await Patience.Until(() => _asked.Count == 2, "the second is asked");
        _asked[1].SetResult(Of(2));
        await second;
        _asked[0].SetResult(Of(1));
        await first;

        Assert.Equal(2UL, _question.Answer!.Position.Number);
    }

    [Fact]
    public async Task What_was_answered_before_is_shown_at_once_and_asked_anew()
    {
        await AnsweredAsync(7, Of(1));
        using var onAnotherPage = Ask();

        var again = onAnotherPage.AskAsync(About(7));

        Assert.Equal((1UL, false, true), (onAnotherPage.Answer!.Position.Number, onAnotherPage.IsEarlier, onAnotherPage.IsRunning));
        _asked[1].SetResult(Of(2));
        await again;
        Assert.Equal(2UL, onAnotherPage.Answer.Position.Number);
    }

    [Fact]
    public async Task What_may_pass_is_tried_again_after_1_2_and_4_seconds_and_keeps_the_old_answer_meanwhile()
    {
        await AnsweredAsync(7, Of(1));
        var again = _question.AgainAsync();
        await Patience.Until(() => _asked.Count == 2, "it is asked again");
        foreach (var seconds in new[] { 1, 2, 4 })
        {
            _asked[^1].SetException(FakeFleet.Failed(StatusCode.Unavailable));
            await Patience.Until(() => _question.NextTry is not null, "the next try is named");
            Assert.Equal(TimeSpan.FromSeconds(seconds), _question.NextTry);
            Assert.Equal((StatusCode.Unavailable, 1UL), (_question.Failure!.Code, _question.Answer!.Position.Number));

            var before = _asked.Count;
            _clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(before, _asked.Count);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            await Patience.Until(() => _asked.Count > before, "it is asked again");
        }

        _asked[^1].SetResult(Of(2));
        await again;
        Assert.Null(_question.Failure);
        Assert.Equal(2UL, _question.Answer!.Position.Number);
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.PermissionDenied)]
    [InlineData(StatusCode.Internal)]
    public async Task What_will_not_pass_is_not_tried_again(StatusCode code)
    {
        var asked = _question.AskAsync(About(7));
        _asked[0].SetException(FakeFleet.Failed(code));
        await asked;

        Assert.Equal((code, null, false), (_question.Failure!.Code, _question.NextTry, _question.IsRunning));
        Assert.Single(_asked);
    }

    [Fact]
    public async Task A_token_that_is_not_taken_any_more_ends_the_session_and_forgets_the_answers()
    {
        await AnsweredAsync(7, Of(1));
        var again = _question.AgainAsync();
        await Patience.Until(() => _asked.Count == 2, "it is asked again");
        _asked[1].SetException(FakeFleet.Failed(StatusCode.Unauthenticated));
        await again;
        using var ofTheNextPerson = Ask();
        _ = ofTheNextPerson.AskAsync(About(7));

        Assert.Equal((null, SignedOut.Refused), (_fleet.Session.Token, _fleet.Session.Why));
        Assert.Null(ofTheNextPerson.Answer);
    }

    private async Task AnsweredAsync(uint window, QueryResponse answer)
    {
        var asked = _question.AskAsync(About(window));
        _asked[^1].SetResult(answer);
        await asked;
    }

    private Question<QueryRequest, QueryResponse> Ask() => new(
        _fleet.Client,
        (_, _) =>
        {
            var answer = new TaskCompletionSource<QueryResponse>();
            _asked.Add(answer);
            return FakeFleet.Call(answer.Task);
        },
        _clock, () => { });

    private static QueryRequest About(uint window) => new() { Population = new Population { WindowDays = window } };

    private static QueryResponse Of(ulong position) => new() { Position = new FeedPosition { Number = position } };
}
