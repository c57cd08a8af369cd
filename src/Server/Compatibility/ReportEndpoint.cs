using Telemetry.Server.Callers;
using Telemetry.Server.Ingestion;
using Telemetry.Schema;

namespace Telemetry.Server.Compatibility;

/// <summary>Takes the reports of unmodified apps at one of the paths that they call.</summary>
internal sealed class ReportEndpoint(
    Door door, AppRegistry apps, IReportIngestion ingestion, CallerPseudonyms callers, JsonRequests requests)
{
    public Task HandleAsync(HttpContext context) =>
        requests.HandleAsync(context, body => SubmittedReport.FromJson(body, door, apps), AnswerAsync);

    private async Task AnswerAsync(HttpContext context, SubmittedReport report)
    {
        var outcome = await ingestion.SubmitAsync(report, callers.Of(context), context.RequestAborted).ConfigureAwait(false);
        await AnswerAsync(context, outcome).ConfigureAwait(false);
    }

    private Task AnswerAsync(HttpContext context, SubmitOutcome outcome) => outcome switch
    {
        SubmitOutcome.Accepted accepted =>
            Answers.SuccessAsync(context, accepted),
        SubmitOutcome.Invalid invalid =>
            Answers.ErrorAsync(context, StatusCodes.Status400BadRequest, Sentences.For(door, invalid.Violations)),
        SubmitOutcome.TooSoon tooSoon => Answers.RetryAsync(
            context, StatusCodes.Status429TooManyRequests, tooSoon.Sentence, tooSoon.RetryAfter),
        SubmitOutcome.TooManyNew tooMany => Answers.RetryAsync(
            context, StatusCodes.Status429TooManyRequests,
            $"Too many new installations report from this address. Try again in {Waiting.InWords(tooMany.RetryAfter)}.",
            tooMany.RetryAfter),
        SubmitOutcome.Busy busy => Answers.RetryAsync(
            context, StatusCodes.Status429TooManyRequests,
            "The server is busy; the next report will be sent as planned.", busy.RetryAfter),
        SubmitOutcome.Unavailable unavailable => Answers.RetryAsync(
            context, StatusCodes.Status503ServiceUnavailable,
            "The server cannot store reports right now; the next one will be sent as planned.", unavailable.RetryAfter),
        _ => throw new InvalidOperationException($"No answer for {outcome.GetType().Name}."),
    };
}
