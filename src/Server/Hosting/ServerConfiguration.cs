using System.Reflection;
using Telemetry.Server.Callers;
using Telemetry.Server.Feed;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Licensing;

namespace Telemetry.Server.Hosting;

/// <summary>Where configuration comes from, and which keys there are. An unknown key is refused: it is a typo.</summary>
internal static class ServerConfiguration
{
    private const string EnvironmentPrefix = "TELEMETRY_";
    private const string DefaultFile = "telemetry.json";

    private static readonly Dictionary<string, Type> Sections = new(StringComparer.OrdinalIgnoreCase)
    {
        [ServerOptions.Section] = typeof(ServerOptions),
        [TlsOptions.Section] = typeof(TlsOptions),
        [CorsOptions.Section] = typeof(CorsOptions),
        [LimitOptions.Section] = typeof(LimitOptions),
        [IngestionOptions.Section] = typeof(IngestionOptions),
        [LicensingOptions.Section] = typeof(LicensingOptions),
        [FeedOptions.Section] = typeof(FeedOptions),
    };

    /// <summary>Later sources win: file, environment, command line.</summary>
    /// <exception cref="UsageException">A source names a key that does not exist, or the file cannot be read.</exception>
    public static void AddSources(IConfigurationBuilder configuration, CommandLine commandLine)
    {
        configuration.Sources.Clear();
        if (commandLine.Demo)
        {
            // Its fleet is all new, and all from one address.
            configuration.AddInMemoryCollection([new($"{LimitOptions.Section}:{nameof(LimitOptions.NewInstallationsPerHour)}", "0")]);
        }

        try
        {
            configuration.AddJsonFile(
                Path.GetFullPath(commandLine.ConfigFile ?? DefaultFile), optional: commandLine.ConfigFile is null);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new UsageException($"The configuration file cannot be read: {e.Message}");
        }

        configuration.AddEnvironmentVariables(EnvironmentPrefix);
        configuration.AddInMemoryCollection(commandLine.Settings);
    }

    public static void RefuseUnknownKeys(IConfiguration configuration)
    {
        foreach (var section in configuration.GetChildren())
        {
            // What the web host and the logging themselves read; the latter is open-ended.
            if (section.Key.Equals("Logging", StringComparison.OrdinalIgnoreCase)
                || section.Key.Equals("contentRoot", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (!Sections.TryGetValue(section.Key, out var options))
            {
                throw new UsageException(
                    $"Unknown configuration section '{section.Key}'." + Nearest.Hint(section.Key, Sections.Keys));
            }

            var known = options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => p.Name).ToList();
            foreach (var key in section.GetChildren())
            {
                if (!known.Contains(key.Key, StringComparer.OrdinalIgnoreCase))
                {
                    throw new UsageException(
                        $"Unknown configuration key '{section.Key}:{key.Key}'." + Nearest.Hint(key.Key, known));
                }
            }
        }
    }
}
