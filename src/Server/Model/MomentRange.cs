namespace Telemetry.Server.Model;

/// <summary>Moments from one on and before another, in Unix milliseconds.</summary>
internal readonly record struct MomentRange(long From, long Until)
{
    public bool Contains(long unixMs) => unixMs >= From && unixMs < Until;
}
