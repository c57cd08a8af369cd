using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Telemetry.Server.Audit;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;
using RpcStatus = Google.Rpc.Status;

namespace Telemetry.Server.Access;

/// <summary>Answers whoever is not let in, in the shape of the call, with what to do next.</summary>
internal sealed class AccessAnswers(AuditLedger ledger, TimeProvider time) : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var refusal = RefusalOf(context);
        await NoteAsync(context, refusal).ConfigureAwait(false);
        await (GrpcStatuses.IsGrpc(context.Request) ? GrpcStatuses.AnswerAsync(context, refusal) : JsonAnswers.RefuseAsync(context, refusal)).ConfigureAwait(false);
    }

    /// <summary>Who is known and tries what it may not is recorded; strangers are not, or they could fill a disk.</summary>
    private async Task NoteAsync(HttpContext context, RpcStatus refusal)
    {
        if (context.Features.Get<AuditActor>() is { } actor && context.GetEndpoint()?.Metadata.GetMetadata<AuditPolicy>() is { } policy)
        {
            try
            {
                await ledger.NoteAsync(new AuditCall(policy.Kind, policy.Action, actor, time), refusal.Code).ConfigureAwait(false);
            }
            catch (StoreUnavailableException)
            {
                // It is refused all the same.
            }
        }
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
