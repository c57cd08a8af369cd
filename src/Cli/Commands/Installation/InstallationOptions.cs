using System.CommandLine;
using Telemetry.Contracts.Rules;

namespace Telemetry.Cli.Commands.Installation;

/// <summary>Which installation is meant: by its state directory, by its app, or the only one there is.</summary>
internal sealed class InstallationOptions(CliConsole console)
{
    private const string StateVariable = "TELEMETRY_STATE";

    public Option<string?> State { get; } = new("--state") { Description = "The app's state directory." };

    public Option<string?> App { get; } = new("--app")
    {
        Description = "The app whose default state directory it is, e.g. roomvox. "
            + $"Default: the directory in ${StateVariable}, else the only app that has one.",
    };

    /// <exception cref="CliUsageException">It is not said, and not clear, which one is meant.</exception>
    public string DirectoryOf(ParseResult parsed)
    {
        var (state, app) = (parsed.GetValue(State), parsed.GetValue(App));
        return (state, app) switch
        {
            (not null, not null) => throw new CliUsageException("--state and --app exclude each other."),
            (not null, null) when string.IsNullOrWhiteSpace(state) =>
                throw new CliUsageException("--state is the path of a directory."),
            (not null, null) => Path.GetFullPath(state),
            (null, not null) => DefaultOf(AppName.Parse(app)),
            _ => console.Variable(StateVariable) switch
            {
                null => OnlyOne(),
                // Most likely another variable in it was not set.
                var known when string.IsNullOrWhiteSpace(known) => throw new CliUsageException($"{StateVariable} is empty."),
                var known => Path.GetFullPath(known),
            },
        };
    }

    /// <exception cref="CliUsageException">This user has no folder for application data.</exception>
    private string DefaultOf(string app) => Path.IsPathFullyQualified(console.AppsDirectory)
        ? console.DefaultDirectory(app)
        : throw new CliUsageException(
            $"This user has no folder for application data. Give --state DIR, or set {StateVariable}.");

    private string OnlyOne()
    {
        var found = Directory.Exists(console.AppsDirectory)
            ? Directory.GetDirectories(console.AppsDirectory).Select(Path.GetFileName).Where(AppSlug.IsValid)
                .Order(StringComparer.Ordinal).ToList()
            : [];
        return found switch
        {
            [var one] => console.DefaultDirectory(one!),
            [] => throw new CliUsageException(
                "This user has no app with a state directory in its usual place. "
                + $"Say which one is meant: --state DIR, or set {StateVariable}."),
            _ => throw new CliUsageException(string.Join('\n', found
                .Select(app => $"  --app {app,-10} {console.DefaultDirectory(app!)}")
                .Prepend("There are several installations. Say which one is meant:"))),
        };
    }
}
