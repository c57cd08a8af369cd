using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Telemetry.Server.Rpc;
using RpcStatus = Google.Rpc.Status;

namespace Telemetry.Server.Access;

/// <summary>Answers whoever is not let in, in the shape of the call, with what to do next.</summary>
internal sealed class AccessAnswers : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        var refusal = RefusalOf(context);
        return GrpcStatuses.IsGrpc(context.Request) ? GrpcStatuses.AnswerAsync(context, refusal) : JsonAnswers.RefuseAsync(context, refusal);
    }

    private static RpcStatus RefusalOf(HttpContext context)
    {
        var call = context.GetEndpoint()?.Metadata.GetMetadata<CallPolicy>();
        return call is null ? RpcErrors.CallClosed()
            : context.Features.Get<Grant>() is not { } grant ? context.Features.Get<Refusal>()?.Status ?? RpcErrors.TokenUnknown()
            : !call.Allows(grant.Scopes) ? RpcErrors.ScopeMissing(ScopeNames.NameOf(call.Scope), ScopeNames.InWords(grant.Scopes))
            : RpcErrors.AllAppsNeeded(grant.Apps);
    }
}
