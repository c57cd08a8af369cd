using Grpc.Core.Interceptors;
using Grpc.Core;

namespace Telemetry.Server.Rpc;

/// <summary>Lets a call pass that carries a known admin token (RFC 6750: "authorization: Bearer TOKEN").</summary>
internal sealed class AdminTokenInterceptor(IAdminTokenVerifier tokens) : Interceptor
{
    private const string Scheme = "Bearer ";

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        return continuation(request, responseStream, context);
    }

    private void Check(ServerCallContext context)
    {
        var header = context.RequestHeaders.GetValue("authorization");
        if (header is null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw RpcErrors.TokenMissing();
        }

        if (!tokens.IsKnown(header[Scheme.Length..].Trim()))
        {
            throw RpcErrors.TokenUnknown();
        }
    }
}

/// <summary>Knows which admin tokens are good.</summary>
internal interface IAdminTokenVerifier
{
    /// <summary>Whether the token is known; compares in constant time.</summary>
    bool IsKnown(string token);
}
