using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Feed;

/// <summary>The feed service of the contract, whose answers are bytes already; else as generated.</summary>
[BindServiceMethod(typeof(FeedServiceBinding), nameof(BindService))]
internal abstract class FeedServiceBinding
{
    private static readonly Method<Wire.StreamEventsRequest, FeedMessage> StreamEventsMethod = new(
        MethodType.ServerStreaming, Descriptor.FullName, nameof(StreamEvents),
        Marshallers.Create(
            (message, context) => context.Complete(message.ToByteArray()),
            context => Wire.StreamEventsRequest.Parser.ParseFrom(context.PayloadAsReadOnlySequence())),
        Marshallers.Create<FeedMessage>(
            (message, context) =>
            {
                context.SetPayloadLength(message.Bytes.Length);
                context.GetBufferWriter().Write(message.Bytes.Span);
                context.Complete();
            },
            _ => throw new NotSupportedException("Only ever written.")));

    /// <summary>Found by this name: reflection tells clients of the service by it.</summary>
    public static Google.Protobuf.Reflection.ServiceDescriptor Descriptor => Wire.FeedService.Descriptor;

    public abstract Task StreamEvents(
        Wire.StreamEventsRequest request, IServerStreamWriter<FeedMessage> responseStream, ServerCallContext context);

    /// <summary>Called with a service of null by the library, which then calls a method of that name on its own.</summary>
    public static void BindService(ServiceBinderBase binder, FeedServiceBinding? service) =>
        binder.AddMethod(StreamEventsMethod, service is null ? null : service.StreamEvents);
}
