using System.Diagnostics.Metrics;

namespace Telemetry.Server.Callers;

/// <summary>Figures about limits. Meter "Telemetry.Server".</summary>
internal sealed class LimitMetrics
{
    private readonly Counter<long> _refused;

    public LimitMetrics(IMeterFactory meters, CallerLimits limits)
    {
        var meter = meters.Create("Telemetry.Server");
        _refused = meter.CreateCounter<long>(
            "telemetry.calls.refused", "{call}", "Calls and connections that a limit refused, by limit.");
        meter.CreateObservableGauge(
            "telemetry.callers", () => limits.Requests.Remembered, "{caller}", "Callers of the last minute.");
        meter.CreateObservableGauge(
            "telemetry.connections", () => limits.Connections.Open, "{connection}",
            "Open connections, without those of trusted proxies.");
    }

    public void Refused(string limit) => _refused.Add(1, new KeyValuePair<string, object?>("limit", limit));
}
