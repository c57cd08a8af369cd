using System.Collections;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Audit;

/// <summary>Records what the contract says of a call: a read before its answer, a change in one step with it, a refusal with its reason.</summary>
internal sealed class AuditInterceptor(AuditLedger ledger, TimeProvider time) : Interceptor
{
    private static readonly TimeSpan Retry = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Without a name: what is refused to anybody is one doing, summed up by the hour, so strangers cannot fill a disk by asking. Which
    /// installation proved itself says the subject.
    /// </summary>
    private static readonly AuditActor Installation = new(AuditActorKind.Installation, "");

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        if (Begin(request, context) is not { } call)
        {
            return await continuation(request, context).ConfigureAwait(false);
        }

        TResponse response;
        try
        {
            response = await continuation(request, context).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            await NoteRefusalAsync(call, e).ConfigureAwait(false);
            throw;
        }

        if (!call.IsSettled)
        {
            await NoteAsync(call).ConfigureAwait(false);
        }

        return response;
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        if (Begin(request, context) is not { } call)
        {
            await continuation(request, responseStream, context).ConfigureAwait(false);
            return;
        }

        var audited = new AuditedStream<TResponse>(responseStream, () => call.IsSettled ? Task.CompletedTask : NoteAsync(call));
        try
        {
            await continuation(request, audited, context).ConfigureAwait(false);
        }
        catch (RpcException e) when (!audited.IsNoted)
        {
            await NoteRefusalAsync(call, e).ConfigureAwait(false);
            throw;
        }

        if (!audited.IsNoted && !call.IsSettled)
        {
            await NoteAsync(call).ConfigureAwait(false);
        }
    }

    /// <summary>Records the call before its first message leaves, when it is known what it is about; after that it is not in the way.</summary>
    private sealed class AuditedStream<T>(IServerStreamWriter<T> stream, Func<Task> note) : IServerStreamWriter<T>
    {
        public bool IsNoted { get; private set; }

        public WriteOptions? WriteOptions
        {
            get => stream.WriteOptions;
            set => stream.WriteOptions = value;
        }

        public Task WriteAsync(T message) => IsNoted ? stream.WriteAsync(message) : NoteFirstAsync(() => stream.WriteAsync(message));

        public Task WriteAsync(T message, CancellationToken cancellationToken) =>
            IsNoted ? stream.WriteAsync(message, cancellationToken) : NoteFirstAsync(() => stream.WriteAsync(message, cancellationToken));

        private async Task NoteFirstAsync(Func<Task> write)
        {
            await note().ConfigureAwait(false);
            IsNoted = true;
            await write().ConfigureAwait(false);
        }
    }

    private AuditCall? Begin<TRequest>(TRequest request, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        if (http.GetEndpoint()?.Metadata.GetMetadata<AuditPolicy>() is not { Kind: not AuditKind.None } policy)
        {
            return null;
        }

        // Whatever token comes along with a call that needs none: it is not what it is made by.
        var actor = policy.IsOpen ? Installation : http.Features.Get<AuditActor>() ?? throw new InvalidOperationException("The call was not authorized.");
        var call = new AuditCall(policy.Kind, policy.Action, actor, time);
        foreach (var slug in policy.AppPaths.SelectMany(path => Apps((IMessage)request!, path.Split('.'))))
        {
            call.On(AuditSubjectKind.App, slug);
        }

        http.Features.Set(call);
        return call;
    }

    private static IEnumerable<string> Apps(IMessage? message, ReadOnlyMemory<string> names)
    {
        var value = message?.Descriptor.FindFieldByName(names.Span[0]).Accessor.GetValue(message);
        return names.Length > 1 ? Apps(value as IMessage, names[1..])
            : value is IList apps ? apps.Cast<string>()
            : value is string { Length: > 0 } app ? [app]
            : [];
    }

    private async Task NoteAsync(AuditCall call)
    {
        try
        {
            await ledger.NoteAsync(call, 0).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            throw RpcErrors.StoreUnavailable(
                "This cannot be recorded in the audit log right now, and what is not recorded is not handed out. Try again in a minute.", Retry).ToRpcException();
        }
    }

    /// <summary>What was refused changed and showed nothing, so it is refused whether that is recorded or not.</summary>
    private async Task NoteRefusalAsync(AuditCall call, RpcException refusal)
    {
        try
        {
            await ledger.NoteAsync(call, (int)refusal.StatusCode).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // The store says so itself.
        }
    }
}
