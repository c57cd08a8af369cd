using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Access;

/// <summary>Makes tokens as an owner does, and tells what a call made of one.</summary>
internal static class Tokens
{
    public static async Task<(string Id, string Secret)> MakeAsync(
        this TestServer server, Wire.Scope scope, string[]? apps = null, DateTimeOffset? end = null, string? name = null)
    {
        var made = await server.Access.CreateTokenAsync(new Wire.CreateTokenRequest
        {
            Name = name ?? Guid.NewGuid().ToString(),
            Scopes = { scope },
            Apps = { apps ?? [] },
            ExpiresAt = end is { } at ? Timestamp.FromDateTimeOffset(at) : null,
        }, server.Authorized);
        return (made.Token.TokenId, made.Secret);
    }

    public static Metadata Bearer(string secret) => new() { { "authorization", "Bearer " + secret } };

    public static string? ReasonOf(RpcException e) => e.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason;

    public static async Task<RpcException> RefusedAsync(Func<Task> call) => await Assert.ThrowsAsync<RpcException>(call);

    public static Task<RpcException> RefusedAsync<T>(AsyncUnaryCall<T> call) => RefusedAsync(() => call.ResponseAsync);
}
