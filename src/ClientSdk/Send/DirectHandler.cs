namespace Telemetry.Client.Send;

/// <summary>Sends as another handler does, without saying of what kind that one is.</summary>
/// <remarks>
/// The gRPC library watches the connections of a <see cref="SocketsHttpHandler"/> that it knows, for load balancing, with a
/// connection of its own beside them. With one server that is of no use, and after some broken connections calls wait for
/// ever for a state that never comes (grpc/grpc-dotnet#2297, #2734). HTTP's own pool reconnects by itself.
/// </remarks>
internal sealed class DirectHandler(HttpMessageHandler handler) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _invoker = new(handler);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _invoker.SendAsync(request, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _invoker.Dispose();
        }

        base.Dispose(disposing);
    }
}
