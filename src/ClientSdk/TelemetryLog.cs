using Microsoft.Extensions.Logging;
using Telemetry.Client.State;

namespace Telemetry.Client;

/// <summary>What the host's log says about its reports.</summary>
internal sealed partial class TelemetryLog(ILogger logger)
{
    /// <summary>The first start: whoever runs the app must be able to know what it does.</summary>
    public void Began(AppProfile profile, ConsentDecision consent, string directory)
    {
        if (consent is { Mode: ReportingMode.On, Source: ConsentSource.Default })
        {
            LogBegan(
                profile.App, profile.Server.GetLeftPart(UriPartial.Authority), OptOutVariables.Of(profile.App),
                directory);
        }
    }

    public void Consent(ConsentDecision consent)
    {
        if (consent.Source == ConsentSource.UnusableState)
        {
            LogUnusable(consent.Explanation);
        }
        else
        {
            LogConsent(consent.Explanation);
        }
    }

    // A failed report is nobody's emergency: it waits for the next day.
    public void Result(SendResult result) => LogResult(result.Kind, result.Message);

    [LoggerMessage(1, LogLevel.Information, "Usage report: {Kind}. {Message}")]
    private partial void LogResult(SendResultKind kind, string message);

    [LoggerMessage(
        2, LogLevel.Information,
        "From now on {App} sends an anonymous usage report to {Server} once a day, the first in an hour or more. To see it, "
        + "or to switch it off: the app's support page, 'telemetry preview' or 'telemetry off', or the environment "
        + "variable {Variable}=1. State: {Directory}")]
    private partial void LogBegan(string app, string server, string variable, string directory);

    [LoggerMessage(3, LogLevel.Information, "Usage reports: {Explanation}")]
    private partial void LogConsent(string explanation);

    [LoggerMessage(4, LogLevel.Warning, "Usage reports: {Explanation}")]
    private partial void LogUnusable(string explanation);

    [LoggerMessage(5, LogLevel.Warning, "There is no usage report to show or send. {Message}")]
    public partial void NotPrepared(string message, Exception? cause);

    [LoggerMessage(6, LogLevel.Error, "Usage reports failed by a mistake in the SDK; they go on as scheduled.")]
    public partial void Unforeseen(Exception e);

    [LoggerMessage(7, LogLevel.Error, "A handler of TelemetryClient.Reported failed; reports go on.")]
    public partial void HandlerFailed(Exception e);
}
