using Telemetry.Server.Licensing;

namespace Telemetry.Server.Compatibility;

/// <summary>POST /api/licenses/validate, /usage and /check-page-limit: the license calls of the five apps.</summary>
internal sealed class LicenseEndpoints(
    LicenseDesk desk, LicenseQuestions questions, JsonRequests requests, TimeProvider time)
{
    public Task ValidateAsync(HttpContext context) => HandleAsync(context, needsApp: true, async (call, question) =>
        (await desk.CheckAsync(question, context.RequestAborted).ConfigureAwait(false),
            judgement => LicenseAnswers.ValidateAsync(context, judgement)));

    public Task ReportUsageAsync(HttpContext context) => HandleAsync(context, needsApp: true, async (call, question) =>
        (await desk.NoteUsageAsync(question, call.Usage(), context.RequestAborted).ConfigureAwait(false),
            judgement => LicenseAnswers.UsageAsync(context, judgement, call)));

    /// <summary>Names no app: IntraVox and IntroVox both ask.</summary>
    public Task CheckPageLimitAsync(HttpContext context) => HandleAsync(context, needsApp: false, async (call, question) =>
        (await desk.CheckAsync(question, context.RequestAborted).ConfigureAwait(false),
            judgement => LicenseAnswers.PageLimitAsync(context, judgement, PageLimit.Of(judgement.License, call))));

    private Task HandleAsync(
        HttpContext context, bool needsApp,
        Func<LicenseCall, LicenseQuestion, Task<(LicenseOutcome Outcome, Func<LicenseJudgement, Task> Answer)>> ask) =>
        requests.HandleAsync(context, LicenseCallJson.Read, async (_, read) =>
        {
            if (read.Call is not { } call)
            {
                await Answers.ErrorAsync(context, StatusCodes.Status400BadRequest, read.Error).ConfigureAwait(false);
                return;
            }

            if (Question(context, call, needsApp, out var error) is not { } question)
            {
                await Answers.ErrorAsync(context, StatusCodes.Status400BadRequest, error).ConfigureAwait(false);
                return;
            }

            var (outcome, answer) = await ask(call, question).ConfigureAwait(false);
            await AnswerAsync(context, outcome, answer).ConfigureAwait(false);
        });

    private LicenseQuestion? Question(HttpContext context, LicenseCall call, bool needsApp, out string error)
    {
        var question = questions.Read(
            call.LicenseKey, call.InstanceUrlHash, call.PreviousInstanceUrlHash, needsApp ? call.AppType ?? "" : null, context.Connection.RemoteIpAddress,
            out var violations);
        error = question is null ? $"{HttpNameOf(violations[0].Field)} {violations[0].Rule}." : "";
        return question;
    }

    private static string HttpNameOf(string field) => field switch
    {
        "license_key" => "licenseKey",
        "instance_hash" => "instanceUrlHash",
        "previous_instance_hash" => "previousInstanceUrlHash",
        "app" => "appType",
        _ => field,
    };

    private Task AnswerAsync(HttpContext context, LicenseOutcome outcome, Func<LicenseJudgement, Task> answer) =>
        outcome switch
        {
            LicenseOutcome.Answered answered => answer(answered.Judgement),
            LicenseOutcome.Throttled throttled => Answers.RetryAsync(
                context, StatusCodes.Status429TooManyRequests,
                LicenseSentences.Throttled(throttled.RetryAfter, time.GetUtcNow()), throttled.RetryAfter),
            LicenseOutcome.Unavailable unavailable => Answers.RetryAsync(
                context, StatusCodes.Status503ServiceUnavailable,
                "The license server cannot store anything right now. Try again in a minute.", unavailable.RetryAfter),
            _ => throw new InvalidOperationException($"No answer for {outcome.GetType().Name}."),
        };
}
