using Telemetry.Schema;

namespace Telemetry.Server.Model;

/// <summary>One app of one installation, as its latest report shows it.</summary>
internal sealed record InstanceState
{
    /// <summary>Place in the order of the app's first reports, from 0; stable for the life of the store.</summary>
    public required int Ordinal { get; init; }

    public required InstanceId Instance { get; init; }

    public required ReportSchema Schema { get; init; }

    /// <summary>UTC, whole milliseconds.</summary>
    public required DateTimeOffset FirstSeen { get; init; }

    /// <summary>UTC, whole milliseconds.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    public required long ReportCount { get; init; }

    public required long LatestNumber { get; init; }

    public required Claim Claim { get; init; }

    public required CountrySource CountrySource { get; init; }

    /// <summary>All but the counts by label: those stay in the log.</summary>
    public required ReportValues Values { get; init; }
}
