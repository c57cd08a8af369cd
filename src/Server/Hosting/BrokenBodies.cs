using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Telemetry.Server.Hosting;

/// <summary>Gives a connection up on which a body over HTTP/1.1 broke off.</summary>
/// <remarks>
/// Whoever reads may catch that failure, as gRPC does. The web server would then try to read the rest or the next request,
/// find its reader in the middle of a read, and log a stack trace for what any caller can do.
/// </remarks>
internal static class BrokenBodies
{
    public static void UseBrokenBodies(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
        {
            context.Features.Set<IRequestBodyPipeFeature>(
                new Watched(context, context.Features.GetRequiredFeature<IRequestBodyPipeFeature>()));
        }

        return next(context);
    });

    private sealed class Watched(HttpContext context, IRequestBodyPipeFeature body) : PipeReader, IRequestBodyPipeFeature
    {
        public PipeReader Reader => this;

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                return await body.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                GiveUp(e);
                throw;
            }
        }

        public override bool TryRead(out ReadResult result)
        {
            try
            {
                return body.Reader.TryRead(out result);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                GiveUp(e);
                throw;
            }
        }

        public override void AdvanceTo(SequencePosition consumed) => body.Reader.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
            body.Reader.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => body.Reader.CancelPendingRead();

        public override void Complete(Exception? exception = null) => body.Reader.Complete(exception);

        private void GiveUp(Exception e)
        {
            if (e is ConnectionResetException || context.Response.HasStarted)
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
