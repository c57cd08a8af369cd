using System.Runtime.InteropServices;

namespace Telemetry.Server.Hosting;

/// <summary>Takes a renewed certificate without a restart: looks at its files every few seconds, and at once on SIGHUP.</summary>
/// <remarks>
/// By looking rather than by notification: certificates are often symbolic links to links, or on mounts that notify
/// nobody. SIGHUP is taken without TLS as well, so that it never ends the server.
/// </remarks>
internal sealed partial class CertificateRenewal(Listeners listeners, TimeProvider time, ILogger<CertificateRenewal> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _reloading = new();
    private PosixSignalRegistration? _hangup;
    private string? _told;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _hangup = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            Reload();
        });
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _hangup?.Dispose();
        base.Dispose();
    }

    /// <summary>Takes the certificate's files as they are now.</summary>
    public void Reload() => Try(static certificate =>
    {
        certificate.Reload();
        return true;
    });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                Try(static certificate => certificate.ReloadWhenChanged());
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void Try(Func<ServerCertificate, bool> reload)
    {
        if (listeners.Certificate is not { } certificate)
        {
            return;
        }

        lock (_reloading)
        {
            try
            {
                if (reload(certificate))
                {
                    _told = null;
                    Log.Renewed(logger, certificate.Name, certificate.GoodUntil);
                }
            }
            catch (CertificateException e)
            {
                // Once for each reason: the files are looked at again in a moment.
                if (_told != e.Message)
                {
                    _told = e.Message;
                    Log.NotRenewed(logger, certificate.GoodUntil, e.Message);
                }
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1001, Level = LogLevel.Information,
            Message = "New connections get the certificate in '{File}', which is good until {GoodUntil:u}.")]
        public static partial void Renewed(ILogger logger, string file, DateTime goodUntil);

        [LoggerMessage(EventId = 1002, Level = LogLevel.Error,
            Message = "A changed certificate was not taken; the old one, good until {GoodUntil:u}, goes on. {Reason}")]
        public static partial void NotRenewed(ILogger logger, DateTime goodUntil, string reason);
    }
}
