using System.Diagnostics.Metrics;
using Telemetry.Server.Model;

namespace Telemetry.Server.Licensing;

/// <summary>Figures about licenses. Meter "Telemetry.Server". No license is told apart.</summary>
internal sealed class LicensingMetrics
{
    private readonly Counter<long> _checks;
    private readonly Counter<long> _throttled;
    private readonly Counter<long> _refusedClaims;

    public LicensingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Telemetry.Server");
        _checks = meter.CreateCounter<long>("telemetry.license.checks", "{check}", "License checks by verdict.");
        _throttled = meter.CreateCounter<long>(
            "telemetry.license.throttled", "{check}", "Checks refused because of too many wrong keys.");
        _refusedClaims = meter.CreateCounter<long>(
            "telemetry.claims.refused", "{report}", "Reports whose Enterprise claim was refused, by reason.");
    }

    public void Checked(LicenseVerdict verdict)
    {
        if (_checks.Enabled)
        {
            _checks.Add(1, new KeyValuePair<string, object?>("verdict", verdict.ToString()));
        }
    }

    public void Throttled() => _throttled.Add(1);

    public void ClaimRefused(LicenseVerdict reason) =>
        _refusedClaims.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
}
