using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Telemetry.Server.Hosting;

namespace Telemetry.Server.Tests.Hosting;

public sealed class ListenerFactoryTests
{
    [Fact]
    public async Task Every_address_means_every_IPv4_address_where_there_is_no_IPv6()
    {
        var bound = await BindAsync("*:8080", endpoint => endpoint.AddressFamily == AddressFamily.InterNetworkV6
            ? throw new SocketException((int)SocketError.AddressFamilyNotSupported)
            : endpoint);

        Assert.Equal(new IPEndPoint(IPAddress.Any, 8080), bound.EndPoint);
    }

    [Theory]
    [InlineData("*:80", SocketError.AccessDenied, "Server:Http: [::]:80 may not be listened on by this user")]
    [InlineData("127.0.0.1:80", SocketError.AccessDenied, "ports below 1024 are privileged")]
    [InlineData("192.0.2.1:8080", SocketError.AddressNotAvailable, "this machine has no address 192.0.2.1. Use one of its own")]
    [InlineData("[2001:db8::1]:8080", SocketError.AddressNotAvailable, "this machine has no address 2001:db8::1, or no IPv6 at all")]
    [InlineData("[::1]:8080", SocketError.AddressFamilyNotSupported, "or no IPv6 at all")]
    [InlineData("127.0.0.1:8080", SocketError.NetworkDown, "127.0.0.1:8080 cannot be listened on: ")]
    public async Task Why_an_address_cannot_be_listened_on_is_said_in_words(string address, SocketError error, string words)
    {
        var refusal = await Assert.ThrowsAsync<ListenException>(() => BindAsync(address, _ => throw new SocketException((int)error)));

        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_refused_in_words() => Assert.Contains(
        "127.0.0.1:8080 is in use already",
        (await Assert.ThrowsAsync<ListenException>(() => BindAsync("127.0.0.1:8080", _ => throw new AddressInUseException("")))).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task A_default_port_in_use_is_replaced_for_a_demo_and_one_that_was_asked_for_is_not()
    {
        IPEndPoint Use(IPEndPoint endpoint) => endpoint.Port == 0 ? endpoint : throw new AddressInUseException("");

        Assert.Equal(0, ((IPEndPoint)(await BindAsync(null, Use, demo: true)).EndPoint).Port);
        await Assert.ThrowsAsync<ListenException>(() => BindAsync(null, Use));
        await Assert.ThrowsAsync<ListenException>(() => BindAsync("127.0.0.1:8080", Use, demo: true));
    }

    private static async Task<IConnectionListener> BindAsync(string? http, Func<IPEndPoint, IPEndPoint> bind, bool demo = false)
    {
        var listeners = new Listeners(new ServerOptions { Http = http }, new TlsOptions(), mayMove: demo);
        return await new ListenerFactory(listeners, new Sockets(bind)).BindAsync(Endpoint.Parse("Server:Http", http ?? ServerOptions.DefaultHttp));
    }

    /// <summary>A machine whose network says what a test wants.</summary>
    private sealed class Sockets(Func<IPEndPoint, IPEndPoint> bind) : IConnectionListenerFactory
    {
        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            new(new Listener(bind((IPEndPoint)endpoint)));
    }

    private sealed class Listener(EndPoint endpoint) : IConnectionListener
    {
        public EndPoint EndPoint => endpoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new((ConnectionContext?)null);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => default;

        public ValueTask DisposeAsync() => default;
    }
}
