namespace Telemetry.Server.Hosting;

/// <summary>What was asked for on the command line.</summary>
/// <param name="Settings">Configuration keys and values, e.g. "Server:Data".</param>
/// <param name="ConfigFile">Configuration file; null for the default one, which may be missing.</param>
/// <param name="Demo">Whether a simulated fleet reports.</param>
/// <param name="NewOwnerToken">Whether one more owner token is made and shown, and those never used are void.</param>
/// <param name="Verify">Whether the data directory is only read through.</param>
/// <param name="Salvage">Whether only a new store is made of what can be proven of a damaged one.</param>
/// <param name="Help">Whether only the usage is shown.</param>
/// <param name="Version">Whether only the version is shown.</param>
internal sealed record CommandLine(
    IReadOnlyDictionary<string, string?> Settings, string? ConfigFile, bool Demo, bool NewOwnerToken, bool Verify,
    bool Salvage, bool Help, bool Version)
{
    public const string Usage = """
        Usage: Telemetry.Server [switches]

          --data DIR           where reports are kept (default: ./data)
          --http ADDR:PORT     browsers, gRPC-Web, HTTP/JSON, health (default: 127.0.0.1:8080; port 0: any free one)
          --grpc ADDR:PORT     native gRPC without TLS (default: 127.0.0.1:8081; port 0: any free one)
          --demo               a simulated fleet with a past of 400 days reports, so that there is something to see;
                               it has a data directory of its own, which the start names, and default ports that
                               are in use are replaced by free ones
          --new-owner-token    makes one more owner token and shows it, when all are lost; those that a start made and
                               nobody ever used are void
          --verify             reads the whole data directory, says what is damaged, and ends; changes nothing
          --salvage            makes a new store of what is left of a damaged one, says what is gone, and ends
          --config FILE        configuration file (default: telemetry.json, when there is one)
          --Section:Key=VALUE  any configuration key, see docs/operations/configuration.md
          --help, --version

        Configuration also comes from environment variables, e.g. TELEMETRY_Server__Data.
        """;

    private static readonly Dictionary<string, string> Shortcuts = new(StringComparer.Ordinal)
    {
        ["--data"] = "Server:Data",
        ["--http"] = "Server:Http",
        ["--grpc"] = "Server:Grpc",
    };

    private static readonly string[] Flags = ["--demo", "--new-owner-token", "--verify", "--salvage", "--help", "-h", "--version"];

    /// <exception cref="UsageException">A switch is unknown or lacks its value.</exception>
    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var flags = new HashSet<string>(StringComparer.Ordinal);
        string? configFile = null;
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args[i]);
            if (Flags.Contains(name) && value is null)
            {
                flags.Add(name);
                continue;
            }

            var isKey = name.StartsWith("--", StringComparison.Ordinal) && name.Contains(':', StringComparison.Ordinal);
            if (!isKey && !Shortcuts.ContainsKey(name) && name != "--config")
            {
                throw new UsageException($"Unknown switch '{name}'." + Nearest.Hint(name, [.. Shortcuts.Keys, .. Flags, "--config"]));
            }

            value ??= ++i < args.Count ? args[i] : throw new UsageException($"The switch '{name}' needs a value.");
            if (name == "--config")
            {
                configFile = value;
            }
            else
            {
                settings[Shortcuts.GetValueOrDefault(name) ?? name[2..]] = value;
            }
        }

        return new CommandLine(
            settings, configFile, flags.Contains("--demo"), flags.Contains("--new-owner-token"),
            flags.Contains("--verify"), flags.Contains("--salvage"),
            flags.Contains("--help") || flags.Contains("-h"), flags.Contains("--version"));
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }
}

/// <summary>The command line or the configuration is wrong; the message says what and how to mend it.</summary>
internal sealed class UsageException(string message) : Exception(message);
