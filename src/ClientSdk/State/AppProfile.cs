using System.Text.Json.Serialization;
using Telemetry.Client.Schedule;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.State;

/// <summary>What the command line tool must know of an app to speak for it; written by the app at each start.</summary>
/// <param name="App">The app.</param>
/// <param name="AppVersion">Its version.</param>
/// <param name="Server">Where reports go.</param>
/// <param name="Transport">How they go there.</param>
/// <param name="Consent">The vendor's choice.</param>
/// <param name="Jitter">The installation's own delay.</param>
/// <param name="Development">Whether it is a development run that was not asked to report.</param>
internal sealed record AppProfile(
    App App, string AppVersion, Uri Server, TelemetryTransport Transport, ConsentModel Consent, TimeSpan Jitter,
    bool Development = false)
{
    /// <summary>Somebody may have edited it.</summary>
    [JsonIgnore]
    public bool IsPlausible => Enum.IsDefined(App) && AppVersion is not null && TelemetryChannel.ProblemOf(Server) is null
        && Enum.IsDefined(Transport) && Enum.IsDefined(Consent)
        && Jitter >= TimeSpan.Zero && Jitter <= ReportSchedule.LongestJitter;
}
