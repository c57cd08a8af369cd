using Telemetry.DataFiles;
using Telemetry.Server.Licensing;
using Telemetry.Server.Privacy;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Hosting;

/// <summary>What an operator does with a data directory while no server runs on it: <c>--verify</c> and <c>--salvage</c>.</summary>
internal static class StoreCommands
{
    /// <returns>Whether all is well.</returns>
    public static bool Run(CommandLine commandLine, TextWriter output)
    {
        var configuration = new ConfigurationManager();
        ServerConfiguration.Read(configuration, commandLine);
        return commandLine.Salvage ? Salvage(configuration, output) : Verify(configuration, output);
    }

    /// <summary>Reads the store, the secret and the signing keys, and changes nothing.</summary>
    private static bool Verify(IConfiguration configuration, TextWriter output)
    {
        var server = ServerOf(configuration);
        var findings = new List<string>();
        long? secret = null;
        // In a backup are neither: whoever has them apart can name them.
        var (isBackup, keys) = (File.Exists(Path.Combine(server.Data, Backup.DescriptionName)), SigningDirectoryOf(configuration, server));
        if (!isBackup || File.Exists(server.SecretPath()))
        {
            Check(() => secret = SecretCheckOf(server.SecretPath()));
        }

        findings.AddRange(StoreVerification.Run(new LiteDbStoreOptions { Directory = server.Data, SecretCheck = secret }));
        if (!isBackup || Directory.Exists(keys))
        {
            Check(() => new SigningKeyFiles(keys, dataExists: true).Verify());
        }

        findings.ForEach(output.WriteLine);
        output.WriteLine(findings.Count == 0
            ? $"'{Path.GetFullPath(server.Data)}' is whole: every page, report and key was read."
            : $"'{Path.GetFullPath(server.Data)}' is damaged. Restore it from a backup; of the store, --salvage keeps what can be proven.");
        return findings.Count == 0;

        void Check(Action read)
        {
            try
            {
                read();
            }
            catch (Exception e) when (e is SecretException or SigningKeyException)
            {
                findings.Add(e.Message);
            }
        }
    }

    private static long SecretCheckOf(string path)
    {
        using var pseudonyms = new Pseudonyms(InstallationSecret.Read(path));
        return pseudonyms.SecretCheck;
    }

    private static bool Salvage(IConfiguration configuration, TextWriter output)
    {
        var options = new LiteDbStoreOptions { Directory = ServerOf(configuration).Data };
        foreach (var line in StoreSalvage.Run(options, TimeProvider.System.GetUtcNow()))
        {
            output.WriteLine(line);
        }

        return true;
    }

    private static ServerOptions ServerOf(IConfiguration configuration) =>
        configuration.GetSection(ServerOptions.Section).Get<ServerOptions>() ?? new ServerOptions();

    private static string SigningDirectoryOf(IConfiguration configuration, ServerOptions server) =>
        configuration.GetSection(LicensingOptions.Section).Get<LicensingOptions>()?.KeyDirectory ?? server.SigningDirectory();
}
