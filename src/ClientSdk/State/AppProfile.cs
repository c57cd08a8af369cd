using Telemetry.Contracts.V1;

namespace Telemetry.Client.State;

/// <summary>What the command line tool must know of an app to speak for it; written by the app at each start.</summary>
/// <param name="App">The app.</param>
/// <param name="AppVersion">Its version.</param>
/// <param name="Server">Where reports go.</param>
/// <param name="Transport">How they go there.</param>
/// <param name="Consent">The vendor's choice.</param>
/// <param name="Jitter">The installation's own delay.</param>
internal sealed record AppProfile(
    App App, string AppVersion, Uri Server, TelemetryTransport Transport, ConsentModel Consent, TimeSpan Jitter);
