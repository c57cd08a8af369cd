using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Installation;

/// <summary>What all verbs for one installation share: which one it is, and answers in words or as JSON.</summary>
internal abstract class InstallationVerb : Command
{
    private const string KeyVariable = "TELEMETRY_SUBSCRIPTION_KEY";

    private readonly Option<bool> _json = new("--json") { Description = "JSON, one object per line." };
    private readonly InstallationOptions _which;

    protected InstallationVerb(string name, string description, CliConsole console)
        : base(name, description)
    {
        Terminal = console;
        _which = new InstallationOptions(console);
        Options.Add(_which.State);
        Options.Add(_which.App);
        Options.Add(_json);
        SetAction((parsed, cancellation) => RunAsync(_which.DirectoryOf(parsed), parsed, cancellation));
    }

    protected CliConsole Terminal { get; }

    protected abstract Task<int> RunAsync(string directory, ParseResult parsed, CancellationToken cancellation);

    /// <exception cref="InstallationNotFoundException">There is none.</exception>
    protected TelemetryClient Open(string directory) =>
        TryOpen(directory) ?? throw new InstallationNotFoundException(directory);

    /// <summary>Null when no app has started with that directory yet.</summary>
    protected TelemetryClient? TryOpen(string directory) =>
        TelemetryClient.Open(directory, Terminal.Variable(KeyVariable), Terminal.Variable, Terminal.Time);

    protected bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    protected void WriteJson<T>(T document, JsonTypeInfo<T> type) =>
        Terminal.Out.WriteLine(JsonSerializer.Serialize(document, type));
}

/// <summary>No app has left its mark in the state directory; the message says what to do.</summary>
internal sealed class InstallationNotFoundException(string directory) : Exception(
    $"No app has started with the state directory {directory} yet, or what it wrote there cannot be read. "
    + "'telemetry doctor' says more.");
