using System.Net;
using Telemetry.Server.Model;

namespace Telemetry.Server.Licensing;

/// <summary>Who asks about which key, after everything that identifies was re-keyed.</summary>
/// <param name="Key">Keyed hash of the key.</param>
/// <param name="WellFormed">Whether the key has the form that this server gives keys.</param>
/// <param name="Instance">The installation.</param>
/// <param name="Previous">What it was before; null when it did not change.</param>
/// <param name="App">The app; unknown when the caller does not say.</param>
/// <param name="Peer">Where the caller is, for the throttle alone; never stored or logged.</param>
internal sealed record LicenseQuestion(
    SubscriptionKeyHash Key, bool WellFormed, LicensedInstanceId Instance, LicensedInstanceId? Previous, App App,
    IPAddress? Peer);
