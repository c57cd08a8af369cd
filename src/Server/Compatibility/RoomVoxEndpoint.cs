using Telemetry.Server.Ingestion;

namespace Telemetry.Server.Compatibility;

/// <summary>POST /api/telemetry/roomvox: takes the report of an unmodified RoomVox.</summary>
internal sealed class RoomVoxEndpoint(IReportIngestion ingestion, JsonRequests requests)
{
    public Task HandleAsync(HttpContext context) => requests.HandleAsync(context, RoomVoxReportReader.Read, AnswerAsync);

    private async Task AnswerAsync(
        HttpContext context, (SubmittedReport? Report, IReadOnlyList<Violation> Violations) read)
    {
        var outcome = read.Report is null
            ? new SubmitOutcome.Invalid(read.Violations)
            : await ingestion.SubmitAsync(read.Report, context.RequestAborted).ConfigureAwait(false);
        await AnswerAsync(context, outcome).ConfigureAwait(false);
    }

    private static Task AnswerAsync(HttpContext context, SubmitOutcome outcome) => outcome switch
    {
        SubmitOutcome.Accepted accepted =>
            Answers.SuccessAsync(context, accepted),
        SubmitOutcome.Invalid invalid =>
            Answers.ErrorAsync(context, StatusCodes.Status400BadRequest, Sentences.For(invalid.Violations)),
        SubmitOutcome.TooSoon tooSoon => Answers.RetryAsync(
            context, StatusCodes.Status429TooManyRequests, tooSoon.Sentence, tooSoon.RetryAfter),
        SubmitOutcome.Busy busy => Answers.RetryAsync(
            context, StatusCodes.Status429TooManyRequests,
            "The server is busy; the next report will be sent as planned.", busy.RetryAfter),
        SubmitOutcome.Unavailable unavailable => Answers.RetryAsync(
            context, StatusCodes.Status503ServiceUnavailable,
            "The server cannot store reports right now; the next one will be sent as planned.", unavailable.RetryAfter),
        _ => throw new InvalidOperationException($"No answer for {outcome.GetType().Name}."),
    };
}
