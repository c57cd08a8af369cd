using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Installation.Checks;

/// <summary>The way to the server, step by step. Sends no report.</summary>
internal sealed class NetworkChecks(Uri server, TelemetryTransport transport, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>One after the other; ends with the first that fails.</summary>
    public async IAsyncEnumerable<Check> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        // As the SDK's own connection does.
        var proxy = HttpClient.DefaultProxy.IsBypassed(server) ? null : HttpClient.DefaultProxy.GetProxy(server);
        if (proxy is not null)
        {
            yield return Check.Ok("proxy", $"The way leads through {proxy.GetLeftPart(UriPartial.Authority)}.");
        }

        var target = proxy ?? server;
        var (lookup, addresses) = await LookUpAsync(target.IdnHost, cancellation).ConfigureAwait(false);
        yield return lookup;
        if (lookup.Level == CheckLevel.Fail)
        {
            yield break;
        }

        using var connection = new TcpClient();
        var connect = await ConnectAsync(connection, addresses, target, cancellation).ConfigureAwait(false);
        yield return connect;
        if (connect.Level == CheckLevel.Fail)
        {
            yield break;
        }

        var tls = await SecureAsync(connection, proxy is not null, cancellation).ConfigureAwait(false);
        yield return tls;
        if (tls.Level == CheckLevel.Fail)
        {
            yield break;
        }

        foreach (var check in await AskAsync(cancellation).ConfigureAwait(false))
        {
            yield return check;
        }
    }

    private async Task<(Check, IPAddress[])> LookUpAsync(string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return (Check.Skip("name", $"{host} is an address; there is no name to look up."), [address]);
        }

        IPAddress[] found = [];
        var problem = await ProblemAsync(
            async token => found = await Dns.GetHostAddressesAsync(host, token).ConfigureAwait(false), cancellation)
            .ConfigureAwait(false);
        return problem is null
            ? (Check.Ok("name", $"{host} is {string.Join(", ", found.Select(one => one.ToString()))}."), found)
            : (Check.Fail(
                "name",
                $"The name {host} cannot be looked up ({problem}). Check the server's address, and that this machine can "
                + "look up names."), found);
    }

    private async Task<Check> ConnectAsync(
        TcpClient connection, IPAddress[] addresses, Uri target, CancellationToken cancellation)
    {
        var problem = await ProblemAsync(
            token => connection.ConnectAsync(addresses, target.Port, token).AsTask(), cancellation).ConfigureAwait(false);
        return problem is null
            ? Check.Ok("connect", $"{target.IdnHost} takes connections on port {target.Port}.")
            : Check.Fail(
                "connect",
                $"No connection to {target.IdnHost} on port {target.Port} ({problem}). Check the address and the port, that "
                + "the server runs, and that a firewall lets this machine connect there.");
    }

    private async Task<Check> SecureAsync(TcpClient connection, bool throughProxy, CancellationToken cancellation)
    {
        if (server.Scheme != Uri.UriSchemeHttps)
        {
            return server.IsLoopback
                ? Check.Skip("tls", "There is none; the server is this machine.")
                : Check.Warn("tls", "There is none: who is on the way can read reports. Use the server's https address.");
        }

        if (throughProxy)
        {
            return Check.Skip("tls", "Not looked at through a proxy; the next step needs it.");
        }

        using var secure = new SslStream(connection.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = server.IdnHost,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        };
        var problem = await ProblemAsync(token => secure.AuthenticateAsClientAsync(options, token), cancellation)
            .ConfigureAwait(false);
        return problem is null
            ? Check.Ok("tls", $"The server's certificate is trusted and holds until {Expiry(secure.RemoteCertificate!)}.")
            : Check.Fail(
                "tls",
                $"No trustworthy connection ({problem}). Check the server's certificate and the name in it, that this "
                + "machine trusts who issued it, and this machine's clock.");
    }

    private async Task<Check[]> AskAsync(CancellationToken cancellation)
    {
        using var channel = TelemetryChannel.For(server, transport);
        var spoken = Check.Ok(
            "protocol", transport == TelemetryTransport.Grpc ? "gRPC over HTTP/2." : "gRPC-Web over HTTP/1.1.");
        try
        {
            var version = await ServerProbe.FieldListVersionAsync(channel, time, cancellation).ConfigureAwait(false);
            return [spoken, Check.Ok("server", $"A Telemetry server answers; it knows version {version} of the list of fields.")];
        }
        catch (ServerNotReachedException e)
        {
            return e.Failure is SendResult.Unreachable { Cause: not UnreachableCause.NotTelemetry }
                ? [Check.Fail("protocol", e.Message)]
                : [spoken, Check.Fail("server", e.Message)];
        }
    }

    /// <returns>What went wrong; null when nothing did.</returns>
    private async Task<string?> ProblemAsync(Func<CancellationToken, Task> step, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            await step(either.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"no answer within {Patience.TotalSeconds:0} seconds";
        }
        catch (Exception e) when (e is SocketException or AuthenticationException or IOException)
        {
            return e.Message.TrimEnd('.');
        }
    }

    private static string Expiry(X509Certificate certificate)
    {
        using var read = new X509Certificate2(certificate);
        return MomentText.Of(new DateTimeOffset(read.NotAfter));
    }
}
