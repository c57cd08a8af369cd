using Telemetry.Client;

namespace Telemetry.Cli.Commands.Installation;

/// <summary><c>telemetry status --json</c>.</summary>
internal sealed record StatusDocument(
    string App,
    string AppVersion,
    string Mode,
    string DecidedBy,
    string Explanation,
    string Server,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? LastAttemptAt,
    DateTimeOffset? LastSuccessAt,
    string? LastOutcome,
    string LastMessage,
    uint FieldListVersion,
    uint AcceptedFieldListVersion,
    IReadOnlyList<string> WithheldFields,
    VariableDocument[] Environment,
    string StateDirectory)
{
    public static StatusDocument Of(TelemetryStatus status, VariableDocument[] environment) => new(
        status.App,
        status.AppVersion,
        EventText.NameOf(status.Consent.Mode),
        EventText.NameOf(status.Consent.Source),
        status.Consent.Explanation,
        status.Server.OriginalString,
        status.NextAttemptAt,
        status.LastAttemptAt,
        status.LastSuccessAt,
        status.LastOutcome is { } outcome ? EventText.NameOf(outcome) : null,
        status.LastMessage,
        status.FieldListVersion,
        status.AcceptedFieldListVersion,
        status.WithheldFields,
        environment,
        status.StateDirectory);
}
