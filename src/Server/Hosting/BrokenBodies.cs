using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Telemetry.Server.Hosting;

/// <summary>Gives a connection up on which a body over HTTP/1.1 broke off.</summary>
/// <remarks>
/// Whoever reads may catch that failure, or leave in the middle of a read, as the gRPC library does with text that is no
/// base64. The web server would then try to read the rest or the next request, find its reader in use, and log a stack trace
/// for what any caller can do.
/// </remarks>
internal static class BrokenBodies
{
    public static void UseBrokenBodies(this IApplicationBuilder app) => app.Use((context, next) =>
        HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol)
            ? WatchAsync(context, next)
            : next(context));

    private static async Task WatchAsync(HttpContext context, RequestDelegate next)
    {
        var body = new Watched(context, context.Features.GetRequiredFeature<IRequestBodyPipeFeature>());
        context.Features.Set<IRequestBodyPipeFeature>(body);
        await next(context).ConfigureAwait(false);
        body.EndRead();
    }

    private sealed class Watched(HttpContext context, IRequestBodyPipeFeature body) : PipeReader, IRequestBodyPipeFeature
    {
        private SequencePosition? _unread;

        public PipeReader Reader => this;

        /// <summary>Passes over what was read last, if nobody has.</summary>
        public void EndRead()
        {
            if (_unread is { } end)
            {
                AdvanceTo(end);
            }
        }

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                var result = await body.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                _unread = result.Buffer.End;
                return result;
            }
            catch (Exception e)
            {
                GiveUp(e);
                throw;
            }
        }

        public override bool TryRead(out ReadResult result)
        {
            try
            {
                var read = body.Reader.TryRead(out result);
                _unread = read ? result.Buffer.End : null;
                return read;
            }
            catch (Exception e)
            {
                GiveUp(e);
                throw;
            }
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            _unread = null;
            body.Reader.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => body.Reader.CancelPendingRead();

        public override void Complete(Exception? exception = null) => body.Reader.Complete(exception);

        private void GiveUp(Exception e)
        {
            if (e is not IOException or ConnectionResetException || context.Response.HasStarted)
            {
                context.Abort();
            }
            else
            {
                // Somebody may still listen for the answer.
                context.Response.Headers.Connection = "close";
            }
        }
    }
}
