using Microsoft.AspNetCore.Diagnostics;
using Telemetry.Server.Compatibility;
using Telemetry.Server.Rpc;

namespace Telemetry.Server.Hosting;

/// <summary>Words for what the framework would answer with an empty body, whatever the path, port and HTTP version.</summary>
internal sealed class HttpAnswers(CallFailures failures) : IExceptionHandler
{
    public static void Use(IApplicationBuilder app)
    {
        // gRPC answers in trailers, and is what most requests are.
        app.UseWhen(
            static context => !GrpcStatuses.IsGrpc(context.Request),
            static others => others.UseStatusCodePages(
                static page => AnswerAsync(page.HttpContext, page.HttpContext.Response.StatusCode)));
        app.UseExceptionHandler(static _ => { });
        app.Use(static (context, next) =>
        {
            // A base URL with a trailing slash: the apps put the path behind it as it is.
            if (context.Request.Path.Value is ['/', '/', ..] path)
            {
                context.Request.Path = "/" + path.TrimStart('/');
            }

            return next(context);
        });
    }

    public async ValueTask<bool> TryHandleAsync(
        HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is BadHttpRequestException { StatusCode: var status })
        {
            await AnswerAsync(context, status).ConfigureAwait(false);
            return true;
        }

        // What was mapped, not what was asked for: a path can be anything.
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.DisplayName ?? "A request";
        var incident = failures.Note(exception, endpoint);
        await Answers.ErrorAsync(
            context, StatusCodes.Status500InternalServerError,
            $"The server failed. Its log has the particulars under incident {incident}.").ConfigureAwait(false);
        return true;
    }

    private static Task AnswerAsync(HttpContext context, int status) => Answers.ErrorAsync(context, status, status switch
    {
        StatusCodes.Status404NotFound => "There is nothing at this path for this method. Check the server's URL; /openapi.json and docs/protocol.md list what there is.",
        StatusCodes.Status405MethodNotAllowed => $"This path does not take that method; it takes {context.Response.Headers.Allow}.",
        StatusCodes.Status415UnsupportedMediaType => "This path takes gRPC: send application/grpc, or application/grpc-web over HTTP/1.1.",
        _ => $"The request was refused with HTTP {status}. Check it against docs/protocol.md.",
    });
}

/// <summary>Adds them to the pipeline, before everything else.</summary>
internal static class HttpAnswersExtensions
{
    public static void UseHttpAnswers(this IApplicationBuilder app) => HttpAnswers.Use(app);
}
