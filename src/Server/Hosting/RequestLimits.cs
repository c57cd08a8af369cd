using System.Buffers;
using System.Buffers.Binary;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Telemetry.Server.Callers;
using Telemetry.Server.Compatibility;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Hosting;

/// <summary>Holds each caller's requests to its limits, before anything of them is read.</summary>
internal sealed partial class RequestLimits(
    CallerPseudonyms callers, CallerLimits limits, LimitMetrics metrics, ILogger<RequestLimits> logger)
    : IMiddleware
{
    /// <summary>A message of any method but the one that takes many reports.</summary>
    private const int MaxSingleBytes = 72 * 1024;

    /// <summary>Such a message and what is around it, also as base64.</summary>
    private const int MaxSingleBody = 2 * MaxSingleBytes;

    private static readonly object Base64 = new();

    /// <summary>What is open at a time ends soon, or never.</summary>
    private static readonly TimeSpan OpenRetry = TimeSpan.FromSeconds(10);

    private static readonly string Batch =
        $"/{Wire.ReportingService.Descriptor.FullName}/{nameof(Wire.ReportingService.ReportingServiceBase.SubmitReports)}";

    private int _proxyNoticed;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var caller = callers.Of(context);
        if (limits.Requests.Take(caller) is { } wait)
        {
            return RefuseAsync(context, "requests", "Too many requests come from this address.", wait);
        }

        var method = context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method;
        var (open, limit) = OpenOf(method);
        if (!open.TryEnter(caller))
        {
            return RefuseAsync(context, limit, "Too many requests of this kind are open at a time.", OpenRetry);
        }

        var call = method is not null && open == limits.RequestsAtOnce ? HandleSingleAsync(context, next) : next(context);
        return LeaveAfterAsync(call, open, caller);
    }

    /// <summary>
    /// The library has one limit for all methods of a service, and takes what the web server breaks off for malformed. So
    /// the length that a message announces is looked at here; the web server's limit is for what announces less than comes.
    /// </summary>
    private static async Task HandleSingleAsync(HttpContext context, RequestDelegate next)
    {
        // A length that does not fit an int is no length, which the library says. In base64 nothing can be looked at: the
        // library's reader does not read again what was left to it.
        if (context.Request.ContentLength > MaxSingleBody
            || (!IsBase64(context.Request)
                && await ReadLengthAsync(context).ConfigureAwait(false) is > MaxSingleBytes and <= int.MaxValue))
        {
            await GrpcStatuses.AnswerAsync(context, RpcErrors.SingleMessageTooLarge()).ConfigureAwait(false);
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = MaxSingleBody;
        }

        await next(context).ConfigureAwait(false);
    }

    private static bool IsBase64(HttpRequest request) => request.HttpContext.Items.ContainsKey(Base64);

    /// <summary>Remembers which requests are base64, before gRPC-Web calls them plain gRPC.</summary>
    public static Task MarkBase64(HttpContext context, RequestDelegate next)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc-web-text", StringComparison.OrdinalIgnoreCase) == true)
        {
            context.Items[Base64] = true;
        }

        return next(context);
    }

    /// <returns>The length in the first frame's head, of which nothing is consumed; 0 when there is none.</returns>
    private static async ValueTask<uint> ReadLengthAsync(HttpContext context)
    {
        const int Head = 1 + sizeof(uint);
        try
        {
            var body = context.Request.BodyReader;
            var read = await body.ReadAtLeastAsync(Head, context.RequestAborted).ConfigureAwait(false);
            var length = LengthIn(read.Buffer);
            body.AdvanceTo(read.Buffer.Start);
            return length;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Whoever reads on meets it too, and knows what to say.
            return 0;
        }

        static uint LengthIn(ReadOnlySequence<byte> buffer)
        {
            Span<byte> head = stackalloc byte[Head];
            if (buffer.Length < Head)
            {
                return 0;
            }

            buffer.Slice(0, Head).CopyTo(head);
            return BinaryPrimitives.ReadUInt32BigEndian(head[1..]);
        }
    }

    /// <summary>Streams that need no token have a limit of their own, lest they are opened for ever; so has what is large.</summary>
    private (CallerConcurrency Open, string Limit) OpenOf(IMethod? method) => method switch
    {
        { Type: MethodType.Unary } when method.FullName == Batch => (limits.BatchesAtOnce, "batches"),
        { Type: not MethodType.Unary } when method.ServiceName != Wire.FeedService.Descriptor.FullName =>
            (limits.StreamsAtOnce, "streams"),
        _ => (limits.RequestsAtOnce, "at_once"),
    };

    private static async Task LeaveAfterAsync(Task call, CallerConcurrency open, Caller caller)
    {
        try
        {
            await call.ConfigureAwait(false);
        }
        finally
        {
            open.Leave(caller);
        }
    }

    private Task RefuseAsync(HttpContext context, string limit, string why, TimeSpan wait)
    {
        metrics.Refused(limit);
        NoticeProxy(context);
        var sentence = $"{why} Try again in {Waiting.InWords(wait)}.";
        return GrpcStatuses.IsGrpc(context.Request)
            ? GrpcStatuses.AnswerAsync(context, RpcErrors.TooManyRequests(sentence, wait))
            : Answers.RetryAsync(context, StatusCodes.Status429TooManyRequests, sentence, wait);
    }

    /// <summary>Behind a proxy that is not trusted all callers are one, and soon too many.</summary>
    private void NoticeProxy(HttpContext context)
    {
        if (TrustedProxies.ForwardsUnbelieved(context) && Interlocked.Exchange(ref _proxyNoticed, 1) == 0)
        {
            Log.ProxyNotTrusted(logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1501, Level = LogLevel.Warning,
            Message = "A limit refused a request that came through a proxy which is not trusted: all its callers count as one. "
            + "If it is your proxy, name it in Server:TrustedProxies.")]
        public static partial void ProxyNotTrusted(ILogger logger);
    }
}
