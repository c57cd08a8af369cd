using Telemetry.Client;

namespace Telemetry.Cli.Commands.Installation;

/// <summary><c>telemetry on|local|off --json</c>.</summary>
internal sealed record ChoiceDocument(
    string Chosen, string Mode, string DecidedBy, string Explanation, bool Restricted, VariableDocument[] Environment)
{
    public static ChoiceDocument Of(ReportingMode chosen, ConsentDecision now, VariableDocument[] environment) => new(
        EventText.NameOf(chosen),
        EventText.NameOf(now.Mode),
        EventText.NameOf(now.Source),
        now.Explanation,
        now.Mode < chosen,
        environment);
}
