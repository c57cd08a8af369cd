using System.CommandLine;
using Telemetry.Client;

namespace Telemetry.Cli.Commands.Installation;

/// <summary><c>telemetry status</c>: whether reports are sent, why, and how the last one went.</summary>
internal sealed class StatusCommand : InstallationVerb
{
    private readonly Option<bool> _quiet = new("--quiet")
    {
        Description = "Print nothing: exit code 0 when reports are on, 5 when they are off or local.",
    };

    public StatusCommand(CliConsole console)
        : base("status", "Say whether this installation reports, why, and how the last report went.", console) =>
        Options.Add(_quiet);

    protected override async Task<int> RunAsync(string directory, ParseResult parsed, CancellationToken cancellation)
    {
        await using var client = Open(directory);
        var status = client.GetStatus();
        if (parsed.GetValue(_quiet))
        {
            return status.Consent.Mode == ReportingMode.On ? ExitCodes.Ok : ExitCodes.NotOn;
        }

        var environment = VariableDocument.Of(status.App, Terminal.Variable);
        if (IsJson(parsed))
        {
            WriteJson(StatusDocument.Of(status, environment), InstallationJson.Default.StatusDocument);
        }
        else
        {
            Write(status, environment);
        }

        return ExitCodes.Ok;
    }

    private void Write(TelemetryStatus status, VariableDocument[] environment)
    {
        (string Name, string Words)[] lines =
        [
            ("reports", EventText.NameOf(status.Consent.Mode)),
            ("why", status.Consent.Explanation),
            ("decided by", EventText.NameOf(status.Consent.Source)),
            ("app", $"{status.App} {status.AppVersion}"),
            ("server", status.Server.OriginalString),
            ("next attempt", status.NextAttemptAt is { } next ? MomentText.Of(next) : "none"),
            ("last attempt", LastAttempt(status)),
            ("last success", status.LastSuccessAt is { } success ? MomentText.Of(success) : "never"),
            ("withheld", status.WithheldFields.Count == 0
                ? "nothing"
                : $"{string.Join(", ", status.WithheldFields)}, to which nobody has agreed yet"),
            ("environment", VariableDocument.Sentence(environment)),
            ("state", status.StateDirectory),
        ];
        foreach (var (name, words) in lines)
        {
            Terminal.Out.WriteLine($"{name,-13} {words}");
        }
    }

    private static string LastAttempt(TelemetryStatus status) => (status.LastAttemptAt, status.LastOutcome) switch
    {
        (null, _) => "never",
        ({ } at, null) => $"{MomentText.Of(at)}: how it ended was not written down",
        ({ } at, { } outcome) => $"{MomentText.Of(at)}: {EventText.NameOf(outcome)}. {status.LastMessage}",
    };
}
