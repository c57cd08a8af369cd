using System.CommandLine;
using Telemetry.Contracts.V1;

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
            (null, not null) => DefaultOf(EventText.Parse<App>("--app", app)) ?? throw NoDefault(),
            _ => console.Variable(StateVariable) switch
            {
                null => OnlyOne(),
                // Most likely another variable in it was not set.
                var known when string.IsNullOrWhiteSpace(known) => throw new CliUsageException($"{StateVariable} is empty."),
                var known => Path.GetFullPath(known),
            },
        };
    }

    /// <summary>Null when this user has no folder for application data.</summary>
    private string? DefaultOf(App app) =>
        console.DefaultDirectory(app) is var directory && Path.IsPathFullyQualified(directory) ? directory : null;

    private string OnlyOne()
    {
        var found = Enum.GetValues<App>()
            .Where(app => app != Contracts.V1.App.Unspecified)
            .Select(app => (App: app, Directory: DefaultOf(app)))
            .Where(one => Directory.Exists(one.Directory))
            .ToList();
        return found switch
        {
            [var one] => one.Directory!,
            [] => throw new CliUsageException(
                "This user has no app with a state directory in its usual place. "
                + $"Say which one is meant: --state DIR, or set {StateVariable}."),
            _ => throw new CliUsageException(string.Join('\n', found
                .Select(one => $"  --app {EventText.NameOf(one.App),-10} {one.Directory}")
                .Prepend("There are several installations. Say which one is meant:"))),
        };
    }

    private static CliUsageException NoDefault() => new(
        $"This user has no folder for application data. Give --state DIR, or set {StateVariable}.");
}
