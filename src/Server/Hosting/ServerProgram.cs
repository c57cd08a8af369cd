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

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var commandLine = CommandLine.Parse(args);
            if (commandLine.Help || commandLine.Version)
            {
                Console.Out.WriteLine(commandLine.Help ? CommandLine.Usage : ServerHost.SoftwareVersion);
                return Success;
            }

            if (commandLine.Verify || commandLine.Salvage)
            {
                return StoreCommands.Run(commandLine, Console.Out) ? Success : Failure;
            }

            await using var app = ServerHost.Build(commandLine);
            var store = app.Services.GetRequiredService<ITelemetryStore>();
            var token = await NewTokenAsync(app.Services, commandLine).ConfigureAwait(false);
            await app.StartAsync().ConfigureAwait(false);
            Banner.Write(Console.Out, app.Services.GetRequiredService<Listeners>(), store, token);
            await app.WaitForShutdownAsync().ConfigureAwait(false);
            return Success;
        }
        catch (Exception e) when (e is UsageException or OptionsValidationException or InvalidDataException)
        {
            return await RefuseAsync(e.Message, WrongUsage).ConfigureAwait(false);
        }
        catch (StoreDamagedException e)
        {
            return await RefuseAsync(
                $"The store is damaged: {e.Message} Restore the whole data directory from a backup, or keep what can be proven: "
                + "run the server once with --salvage.", Failure).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreOpenException or SecretException or SigningKeyException or StoreUnavailableException or IOException)
        {
            return await RefuseAsync(e.Message, Failure).ConfigureAwait(false);
        }
    }

    private static async Task<string?> NewTokenAsync(IServiceProvider services, CommandLine commandLine)
    {
        var tokens = services.GetRequiredService<AdminTokens>();
        return tokens.Any && !commandLine.NewAdminToken
            ? null
            : await tokens.CreateAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task<int> RefuseAsync(string message, int exitCode)
    {
        await Console.Error.WriteLineAsync(message).ConfigureAwait(false);
        return exitCode;
    }
}
