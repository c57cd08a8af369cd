using System.Collections;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Telemetry.Server.Rpc;

namespace Telemetry.Server.Access;

/// <summary>Holds calls of a token that is limited to apps to these: what selects no app selects them, any other is refused.</summary>
internal sealed class AppLimitInterceptor : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Limit(request, context);
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Limit(request, context);
        return continuation(request, responseStream, context);
    }

    private static void Limit<TRequest>(TRequest request, ServerCallContext context)
    {
        var grant = context.Grant();
        if (!grant.IsLimited)
        {
            return;
        }

        var policy = context.GetHttpContext().GetEndpoint()!.Metadata.GetRequiredMetadata<CallPolicy>();
        foreach (var path in policy.SelectedBy)
        {
            Limit((IMessage)request!, path, path.Split('.'), grant, fillIn: true);
        }

        foreach (var path in policy.NamedBy)
        {
            Limit((IMessage)request!, path, path.Split('.'), grant, fillIn: false);
        }
    }

    private static void Limit(IMessage message, string path, ReadOnlySpan<string> names, Grant grant, bool fillIn)
    {
        var field = message.Descriptor.FindFieldByName(names[0]);
        if (names.Length > 1)
        {
            if (field.Accessor.GetValue(message) is not IMessage inner)
            {
                if (field.RealContainingOneof is not null)
                {
                    // Something else is asked for.
                    return;
                }

                inner = field.MessageType.Parser.ParseFrom(ByteString.Empty);
                field.Accessor.SetValue(message, inner);
            }

            Limit(inner, path, names[1..], grant, fillIn);
        }
        else if (field.Accessor.GetValue(message) is IList apps)
        {
            foreach (string app in apps)
            {
                grant.Check(path, app);
            }

            if (apps.Count == 0 && fillIn)
            {
                grant.Apps.ToList().ForEach(app => apps.Add(app));
            }
        }
        else if (field.Accessor.GetValue(message) is string { Length: > 0 } app)
        {
            grant.Check(path, app);
        }
        else if (fillIn && grant.Apps.Count == 1)
        {
            field.Accessor.SetValue(message, grant.Apps[0]);
        }
    }
}
