using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Telemetry.Server.Callers;

namespace Telemetry.Server.Hosting;

/// <summary>Bounds what connections may hold: how many, how long without doing anything, how slowly.</summary>
internal sealed partial class ConnectionLimits(
    CallerPseudonyms callers, CallerLimits limits, LimitMetrics metrics, TrustedProxies proxies, IOptions<LimitOptions> options,
    ILogger<ConnectionLimits> logger)
    : IConfigureOptions<KestrelServerOptions>
{
    /// <summary>
    /// Bytes of one connection that may wait to be read. By default it is eight times as much, with which a caller that never
    /// reads an answer could fill a machine by all of its connections.
    /// </summary>
    public const int MostUnread = 128 * 1024;

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan HeadDeadline = TimeSpan.FromSeconds(15);

    private readonly int _mostTogether = OpenFiles.LeftForConnections();
    private int _together;

    public void Configure(KestrelServerOptions kestrel)
    {
        if (_mostTogether < options.Value.Connections)
        {
            Log.FewFiles(logger, _mostTogether, options.Value.Connections);
        }

        kestrel.Limits.MaxConcurrentConnections = options.Value.Connections is var most and > 0 ? most : null;
        kestrel.Limits.KeepAliveTimeout = Idle;
        kestrel.Limits.RequestHeadersTimeout = HeadDeadline;
        kestrel.Limits.MaxRequestBufferSize = MostUnread;
        // The framework's own defaults, named because they are promised.
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
        kestrel.ConfigureEndpointDefaults(listener => listener.Use(next => connection => ServeAsync(connection, next)));
    }

    /// <summary>Each listener has its own count of the framework; a process without a free file ends, so all of them share this one.</summary>
    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _together) > _mostTogether)
            {
                metrics.Refused("connections");
                return;
            }

            await ServeCallerAsync(connection, next).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _together);
        }
    }

    private async Task ServeCallerAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        connection.Features.Set(new ConnectionCaller());
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        if (proxies.Contains(address))
        {
            await next(connection).ConfigureAwait(false);
            return;
        }

        var caller = callers.Of(address);
        if (!limits.Connections.TryEnter(caller))
        {
            // Nothing was read, so there is nobody to talk to yet; over TLS not even a language.
            metrics.Refused("connections");
            return;
        }

        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            limits.Connections.Leave(caller);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1502, Level = LogLevel.Warning,
            Message = "The system lets this process open so few files that it takes {Most} connections at a time, and not the {Wanted} of "
                + "Limits:Connections. Raise it (ulimit -n, LimitNOFILE), or lower the setting.")]
        public static partial void FewFiles(ILogger logger, int most, int wanted);
    }
}
