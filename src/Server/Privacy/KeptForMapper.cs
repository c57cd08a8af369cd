using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Privacy;

/// <summary>Says how long what comes of a report is kept here.</summary>
internal static class KeptForMapper
{
    public static Wire.KeptFor ToWire(this RetentionOptions options) =>
        new() { ReportDays = (uint)options.ReportDays, DailyFactDays = (uint)options.DailyFactDays };
}
