using System.Runtime.InteropServices;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.State;

/// <summary>What is known of one installation beside what it reports, in 64 bytes.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct InstanceRow
{
    public InstanceId Instance;
    public RecentReportIds RecentIds;
    public long FirstSeenMs;
    public long LastSeenMs;
    public long LatestNumber;
    public uint ReportCount;
    public Claim Claim;
    public CountrySource CountrySource;

    /// <summary>A place that recovery keeps free for an installation whose events it has yet to read.</summary>
    public readonly bool IsVacant => ReportCount == 0;
}
