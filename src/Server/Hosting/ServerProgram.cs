using System.Globalization;
using Microsoft.Extensions.Options;
using Telemetry.Server.Admin;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Hosting;

/// <summary>The life of the process: start, tell, run, stop; refusals in words and exit codes.</summary>
internal static class ServerProgram
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int WrongUsage = 2;

    /// <param name="args">The command line.</param>
    /// <param name="customise">For the bench: a server of other parts.</param>
    public static async Task<int> RunAsync(string[] args, Action<WebApplicationBuilder>? customise = null)
    {
        CommandLine commandLine;
        try
        {
            commandLine = CommandLine.Parse(args);
        }
        catch (UsageException e)
        {
            return await RefuseAsync($"{e.Message} See --help.", WrongUsage).ConfigureAwait(false);
        }

        if (commandLine.Help || commandLine.Version)
        {
            Console.Out.WriteLine(commandLine.Help ? CommandLine.Usage : ServerHost.SoftwareVersion);
            return Success;
        }

        try
        {
            if (commandLine.Verify || commandLine.Salvage)
            {
                return StoreCommands.Run(commandLine, Console.Out) ? Success : Failure;
            }

            return await ServeAsync(commandLine, customise).ConfigureAwait(false);
        }
        catch (StoreDamagedException e)
        {
            return await RefuseAsync(
                $"The store is damaged: {e.Message} Restore the whole data directory from a backup, or keep what can be proven: "
                + "run the server once with --salvage.", Failure).ConfigureAwait(false);
        }
        catch (Exception e) when (IsForTheOperator(e))
        {
            return await RefuseAsync(e.Message, Failure).ConfigureAwait(false);
        }
    }

    private static async Task<int> ServeAsync(CommandLine commandLine, Action<WebApplicationBuilder>? customise)
    {
        if (commandLine.Demo)
        {
            await DemoStart.PrepareAsync(commandLine, TimeProvider.System.GetUtcNow(), Console.Out).ConfigureAwait(false);
        }

        await using var app = ServerHost.Build(commandLine, customise);
        // Now, so that its refusal is this method's exception and nobody else's to log.
        var store = app.Services.GetRequiredService<ITelemetryStore>();
        await app.Services.GetRequiredService<AppDirectory>().RegisterAsync().ConfigureAwait(false);
        await app.StartAsync().ConfigureAwait(false);
        try
        {
            var banner = new Banner(Console.Out);
            var listeners = app.Services.GetRequiredService<Listeners>();
            banner.Started(listeners, store);
            foreach (var note in ServerConfiguration.Notes())
            {
                banner.Note(note);
            }

            await ShowTokenAsync(banner, app.Services.GetRequiredService<AdminTokens>(), listeners.Http ?? listeners.Tls, commandLine.NewAdminToken)
                .ConfigureAwait(false);
            banner.Ready();
        }
        catch (IOException e)
        {
            throw new IOException($"Standard output cannot be written, and the server must be able to show how it started: {e.Message}", e);
        }

        await app.WaitForShutdownAsync().ConfigureAwait(false);
        return app.Services.GetServices<IHostedService>().OfType<BackgroundService>().Any(service => service.ExecuteTask is { IsFaulted: true })
            ? await RefuseAsync("The server stopped because a part of it failed; its log has the particulars.", Failure).ConfigureAwait(false)
            : Success;
    }

    /// <summary>Only now: a start that fails must not leave a token behind that nobody saw.</summary>
    private static async Task ShowTokenAsync(Banner banner, AdminTokens tokens, Uri? browser, bool wanted)
    {
        if (tokens.Any && !wanted)
        {
            if (tokens.NeverUsedSince is { } since)
            {
                banner.Note(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The admin token made at {since:yyyy-MM-dd HH:mm} UTC was never used. If nobody has it, start once with "
                    + $"--new-admin-token: that shows a new one and voids those never used."));
            }

            return;
        }

        var token = AdminTokens.Make();
        banner.Token(token, browser);
        try
        {
            await tokens.KeepAsync(token).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            throw new StoreUnavailableException(
                $"The admin token shown above could not be stored and is good for nothing. {e.Message} "
                + "Start again once the data directory can be written.", e);
        }
    }

    /// <summary>What somebody set up wrongly, and can set right.</summary>
    private static bool IsForTheOperator(Exception e) => e
        is UsageException or CertificateException or ListenException or OptionsValidationException
        or StoreOpenException or StoreUnavailableException or SecretException or SigningKeyException or AppDirectoryException
        or IOException or UnauthorizedAccessException;

    private static async Task<int> RefuseAsync(string message, int exitCode)
    {
        await Console.Error.WriteLineAsync(message).ConfigureAwait(false);
        return exitCode;
    }
}
