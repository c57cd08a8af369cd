using System.Diagnostics;

namespace Telemetry.Testing;

/// <summary>How the built server is started: with what, as whom, in what surroundings.</summary>
internal sealed record ServerStart
{
    /// <summary>Free loopback ports, so that tests do not meet each other.</summary>
    public static readonly IReadOnlyList<string> FreePorts = ["--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"];

    /// <summary>Which server: the one that was built with the tests, unless they are about a published one.</summary>
    public string Program { get; init; } = Path.Combine(AppContext.BaseDirectory, "Telemetry.Server.dll");

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>How long it may take until it is ready; a demo writes its past first.</summary>
    public TimeSpan ReadyWithin { get; init; } = Patience.Limit;

    /// <summary>Set on top of what this process has; a null takes a variable away.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string WorkingDirectory { get; init; } = Path.GetTempPath();

    /// <summary>A command that becomes the server, such as <see cref="Surroundings.Unprivileged"/>.</summary>
    public IReadOnlyList<string> Under { get; init; } = [];

    public static ServerStart On(string data, params string[] arguments) =>
        new() { Arguments = ["--data", data, .. FreePorts, .. arguments] };

    public Process Start()
    {
        string[] command = [.. Under, "dotnet", Program, .. Arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = WorkingDirectory,
        };
        // Whoever runs the tests may have a server of his own.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("TELEMETRY_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in Environment)
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        return Process.Start(start)!;
    }
}
