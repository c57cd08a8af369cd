using System.Text.Json.Serialization;
using Telemetry.Client.Contract;
using Telemetry.Client.Schedule;
using Telemetry.Contracts.Rules;

namespace Telemetry.Client.State;

/// <summary>What the command line tool must know of an app to speak for it; written by the app at each start.</summary>
/// <param name="App">The app's slug.</param>
/// <param name="AppVersion">Its version.</param>
/// <param name="Server">Where reports go.</param>
/// <param name="Transport">How they go there.</param>
/// <param name="Consent">The vendor's choice.</param>
/// <param name="Jitter">The installation's own delay.</param>
/// <param name="UsageType">Full name of the app's usage message.</param>
/// <param name="Contract">What the app can report, in base64, see <see cref="ReportContract.Files"/>.</param>
/// <param name="Development">Whether it is a development run that was not asked to report.</param>
internal sealed record AppProfile(
    string App, string AppVersion, Uri Server, TelemetryTransport Transport, ConsentModel Consent, TimeSpan Jitter,
    string UsageType, string Contract, bool Development = false)
{
    /// <summary>Somebody may have edited it.</summary>
    [JsonIgnore]
    public bool IsPlausible => AppSlug.IsValid(App) && AppVersion is not null && TelemetryChannel.ProblemOf(Server) is null
        && Enum.IsDefined(Transport) && Enum.IsDefined(Consent)
        && Jitter >= TimeSpan.Zero && Jitter <= ReportSchedule.LongestJitter && UsageType is not null && Contract is not null;

    /// <summary>The app's contract; null when somebody edited it.</summary>
    public ReportContract? ReadContract()
    {
        var bytes = new byte[Contract.Length];
        return Convert.TryFromBase64String(Contract, bytes, out var length)
            && ReportContract.TryRead(bytes[..length], UsageType) is { } contract && contract.App == App
                ? contract
                : null;
    }
}
