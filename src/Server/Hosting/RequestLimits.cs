using Grpc.AspNetCore.Server;
using Grpc.Core;
using Telemetry.Server.Callers;
using Telemetry.Server.Compatibility;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Hosting;

/// <summary>Holds each caller's requests to its limits, before anything of them is read.</summary>
internal sealed partial class RequestLimits(
    CallerPseudonyms callers, CallerLimits limits, LimitMetrics metrics, ILogger<RequestLimits> logger)
{
    /// <summary>What is open at a time ends soon, or never.</summary>
    private static readonly TimeSpan OpenRetry = TimeSpan.FromSeconds(10);

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

        return LeaveAfterAsync(next(context), open, caller);
    }

    /// <summary>Streams that need no token have a limit of their own, lest they are opened for ever; so has what is large.</summary>
    private (CallerConcurrency Open, string Limit) OpenOf(IMethod? method) => method switch
    {
        { Type: MethodType.Unary } when BatchMethod.Is(method) => (limits.BatchesAtOnce, "batches"),
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
