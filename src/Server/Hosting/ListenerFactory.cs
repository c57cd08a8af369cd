using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Telemetry.Server.Hosting;

/// <summary>Binds the web server's sockets, and says in words why one cannot be bound.</summary>
internal sealed class ListenerFactory(Listeners listeners, IConnectionListenerFactory sockets) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var wanted = (IPEndPoint)endpoint;
        try
        {
            return await BindAsync(wanted, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ErrorOf(e) is SocketError.AddressAlreadyInUse && listeners.MayMove(wanted))
        {
            return await sockets.BindAsync(new IPEndPoint(wanted.Address, 0), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ErrorOf(e) is { } error)
        {
            throw new ListenException($"{listeners.KeyOf(wanted)}: {Explain(wanted, error, e)}", e);
        }
    }

    /// <summary>Every address means every IPv4 address where there is no IPv6.</summary>
    private async ValueTask<IConnectionListener> BindAsync(IPEndPoint wanted, CancellationToken cancellation)
    {
        try
        {
            return await sockets.BindAsync(wanted, cancellation).ConfigureAwait(false);
        }
        catch (SocketException e) when (wanted.Address.Equals(IPAddress.IPv6Any) && IsWithoutIPv6(e.SocketErrorCode))
        {
            return await sockets.BindAsync(new IPEndPoint(IPAddress.Any, wanted.Port), cancellation).ConfigureAwait(false);
        }
    }

    private static SocketError? ErrorOf(Exception e) => e switch
    {
        AddressInUseException => SocketError.AddressAlreadyInUse,
        SocketException socket => socket.SocketErrorCode,
        _ => null,
    };

    private static bool IsWithoutIPv6(SocketError error) => error
        is SocketError.AddressFamilyNotSupported or SocketError.ProtocolNotSupported or SocketError.AddressNotAvailable;

    private static string Explain(IPEndPoint wanted, SocketError error, Exception e) => error switch
    {
        SocketError.AddressAlreadyInUse =>
            $"{wanted} is in use already. Stop what listens there, or choose another port; port 0 takes any free one.",
        SocketError.AccessDenied =>
            $"{wanted} may not be listened on by this user: ports below 1024 are privileged. Choose a higher port, "
            + "or give the server the capability CAP_NET_BIND_SERVICE.",
        _ when wanted.AddressFamily == AddressFamily.InterNetworkV6 && IsWithoutIPv6(error) =>
            $"this machine has no address {wanted.Address}, or no IPv6 at all. Use one of its own, or * for every address.",
        SocketError.AddressNotAvailable =>
            $"this machine has no address {wanted.Address}. Use one of its own, or * for every address.",
        _ => $"{wanted} cannot be listened on: {e.Message}",
    };
}

/// <summary>An address cannot be listened on; the message says which, why, and what to do.</summary>
internal sealed class ListenException(string message, Exception inner) : Exception(message, inner);

/// <summary>Puts words around the framework's own sockets.</summary>
internal static class ListenerFactoryExtensions
{
    /// <summary>Before the web server is added, which otherwise brings its own.</summary>
    public static IServiceCollection AddListeners(this IServiceCollection services, Listeners listeners)
    {
        services.AddSingleton(listeners);
        services.Configure<SocketTransportOptions>(sockets => sockets.MaxReadBufferSize = ConnectionLimits.MostUnread);
        services.AddSingleton<SocketTransportFactory>();
        services.AddSingleton<IConnectionListenerFactory>(provider =>
            new ListenerFactory(listeners, provider.GetRequiredService<SocketTransportFactory>()));
        return services;
    }
}
