using System.Collections;
using System.Text.Json;
using Telemetry.Server.Access;
using Telemetry.Server.Admin;
using Telemetry.Server.Audit;
using Telemetry.Server.Backups;
using Telemetry.Server.Callers;
using Telemetry.Server.Demo;
using Telemetry.Server.Feed;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Insights;
using Telemetry.Server.Licensing;
using Telemetry.Server.Privacy;

namespace Telemetry.Server.Hosting;

/// <summary>Where configuration comes from, and which keys there are.</summary>
internal static class ServerConfiguration
{
    private const string EnvironmentPrefix = "TELEMETRY_";
    private const string EnvironmentSeparator = "__";
    private const string DefaultFile = "telemetry.json";

    public static readonly IReadOnlyDictionary<string, Type> Sections = new Dictionary<string, Type>(StringComparer.OrdinalIgnoreCase)
    {
        [ServerOptions.Section] = typeof(ServerOptions),
        [TlsOptions.Section] = typeof(TlsOptions),
        [CorsOptions.Section] = typeof(CorsOptions),
        [LimitOptions.Section] = typeof(LimitOptions),
        [IngestionOptions.Section] = typeof(IngestionOptions),
        [LicensingOptions.Section] = typeof(LicensingOptions),
        [RetentionOptions.Section] = typeof(RetentionOptions),
        [BackupOptions.Section] = typeof(BackupOptions),
        [FeedOptions.Section] = typeof(FeedOptions),
        [AuditOptions.Section] = typeof(AuditOptions),
        [InsightsOptions.Section] = typeof(InsightsOptions),
        [AppsOptions.Section] = typeof(AppsOptions),
        [AccessOptions.Section] = typeof(AccessOptions),
    };

    /// <summary>Later sources win: file, environment, command line.</summary>
    /// <exception cref="UsageException">The file cannot be read, a key does not exist, or a value is of the wrong kind.</exception>
    public static void Read(ConfigurationManager configuration, CommandLine commandLine)
    {
        configuration.Sources.Clear();
        if (commandLine.Demo)
        {
            // Its fleet is all new, and all from one address.
            configuration.AddInMemoryCollection([new($"{LimitOptions.Section}:{nameof(LimitOptions.NewInstallationsPerHour)}", "0")]);
        }

        AddFile(configuration, commandLine.ConfigFile);
        configuration.AddInMemoryCollection(FromEnvironment());
        if (commandLine.Demo)
        {
            // What a real server on this machine is set to is not for invented reports.
            configuration.AddInMemoryCollection(
            [
                new($"{ServerOptions.Section}:{nameof(ServerOptions.Data)}", DemoDirectory.Default),
                new($"{ServerOptions.Section}:{nameof(ServerOptions.SecretFile)}", null),
                new($"{LicensingOptions.Section}:{nameof(LicensingOptions.KeyDirectory)}", null),
            ]);
        }

        configuration.AddInMemoryCollection(commandLine.Settings);
        ConfigurationKeys.Check(configuration);
    }

    /// <summary>What in the environment has no effect although somebody may believe it has.</summary>
    public static IEnumerable<string> Notes() => ConfigurationKeys.AlmostSettings(EnvironmentPrefix, EnvironmentSeparator)
        .Select(almost => $"The environment variable {almost.Variable} is no setting. Did you mean {almost.Meant}?");

    private static void AddFile(ConfigurationManager configuration, string? path)
    {
        if (path is null && !File.Exists(DefaultFile))
        {
            return;
        }

        path ??= DefaultFile;
        try
        {
            // Not by the file provider, which does not see files whose names begin with a dot.
            using var file = File.OpenRead(path);
            configuration.AddJsonStream(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"The configuration file '{path}' does not exist.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var reason = Directory.Exists(path) ? "It is a directory." : e.Message;
            throw new UsageException($"The configuration file '{path}' cannot be read: {reason}");
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new UsageException(
                $"The configuration file '{path}' is no JSON object of sections: {(e.InnerException ?? e).Message}");
        }
    }

    /// <summary>
    /// Only names with a section. Others that begin alike belong to somebody else: to the tools of this product
    /// (TELEMETRY_TOKEN), or to Kubernetes, which tells every pod of a Service named "telemetry" (TELEMETRY_PORT).
    /// </summary>
    private static IEnumerable<KeyValuePair<string, string?>> FromEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => (Name: (string)variable.Key, Value: (string?)variable.Value))
            .Where(variable => variable.Name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
            .Select(variable => (Name: variable.Name[EnvironmentPrefix.Length..], variable.Value))
            .Where(variable => variable.Name.Contains(EnvironmentSeparator, StringComparison.Ordinal))
            .OrderBy(variable => variable.Name, StringComparer.Ordinal)
            .Select(variable => KeyValuePair.Create(
                variable.Name.Replace(EnvironmentSeparator, ConfigurationPath.KeyDelimiter, StringComparison.Ordinal), variable.Value));
}
