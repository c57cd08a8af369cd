using Grpc.Core;
using Telemetry.Dashboard.Components;
using Telemetry.Dashboard.Components.Data;

namespace Telemetry.Dashboard.Data;

/// <summary>Failures in words: what failed, whether harm was done, the way out.</summary>
public static class Failures
{
    public static PanelState StateOf(Words words, Failure failure) => PanelState.Error(Explain(words, failure), failure.Incident);

    public static string Explain(Words words, Failure failure) => failure switch
    {
        { IsUnreachable: true } => words.Say("The server does not answer. It is asked again by itself.", "Der Server antwortet nicht. Er wird von selbst wieder gefragt."),
        { Code: StatusCode.Unimplemented } => words.Say("This server does not answer such questions.", "Dieser Server beantwortet solche Fragen nicht."),
        { Code: StatusCode.DeadlineExceeded } => words.Say("The answer took longer than 30 s.", "Die Antwort dauerte länger als 30 s."),
        { Words: { Length: > 0 } said } => said,
        _ => words.Say("Nothing was changed.", "Nichts wurde geändert."),
    };
}
