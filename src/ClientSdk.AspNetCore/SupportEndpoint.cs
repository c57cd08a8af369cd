using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Telemetry.Client.AspNetCore.Page;

namespace Telemetry.Client.AspNetCore;

/// <summary>The page's two requests: look, and act.</summary>
/// <remarks>
/// Responsible for: antiforgery, headers, and that a reload never repeats an action: acting answers with a redirect, or with a file, and
/// what came of it is shown by the request that follows. Not responsible for: who may come here. Throws: only when the
/// caller is gone or the host's own services fail.
/// </remarks>
internal sealed class SupportEndpoint(
    SupportDesk desk, IAntiforgery antiforgery, NoticeCookie notices, TimeProvider time)
{
    public Task ShowAsync(HttpContext context) => WriteAsync(context, notices.Take(context));

    public async Task ActAsync(HttpContext context)
    {
        if (!await IsOursAsync(context).ConfigureAwait(false))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await WriteAsync(context, Notice.StaleForm).ConfigureAwait(false);
            return;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
        var command = SupportCommand.Of(form);
        if (command is not SupportCommand.ShowCollected)
        {
            Redirect(context, await desk.ActAsync(command).ConfigureAwait(false));
            return;
        }

        try
        {
            var (shown, problem) = await desk.ShowCollectedAsync(context.RequestAborted).ConfigureAwait(false);
            if (shown is null)
            {
                Redirect(context, problem!);
                return;
            }

            await WriteAsync(context, shown).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads the answer.
        }
    }

    /// <summary>Shows what came of it with the request that follows, so that a reload repeats nothing.</summary>
    private void Redirect(HttpContext context, Notice notice)
    {
        notices.Keep(context, notice);
        PageHeaders.Write(context.Response);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = NoticeCookie.PathOf(context.Request);
    }

    /// <summary>As a file: it can be long, and whoever asked for it will want to keep it.</summary>
    private static async Task WriteAsync(HttpContext context, CollectedResult.Shown shown)
    {
        PageHeaders.Write(context.Response);
        context.Response.ContentType = "application/jsonl; charset=utf-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"collected.jsonl\"";
        foreach (var line in shown.Lines)
        {
            await context.Response.WriteAsync(line + "\n", context.RequestAborted).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsOursAsync(HttpContext context)
    {
        try
        {
            await antiforgery.ValidateRequestAsync(context).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is AntiforgeryValidationException or IOException or InvalidDataException)
        {
            // No token, somebody else's, or a body that is no form.
            return false;
        }
    }

    private async Task WriteAsync(HttpContext context, Notice? notice)
    {
        try
        {
            var view = await desk.LookAsync(context.RequestAborted).ConfigureAwait(false);
            var tokens = antiforgery.GetAndStoreTokens(context);
            var nonce = PageHeaders.Write(context.Response);
            var page = SupportPage.Of(
                view, notice, new FormToken(tokens.FormFieldName, tokens.RequestToken ?? ""), nonce, time.GetUtcNow());
            context.Response.ContentType = "text/html; charset=utf-8";
            await context.Response.WriteAsync(page.ToString(), context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads the answer.
        }
    }
}
