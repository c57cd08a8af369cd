namespace Telemetry.Server.Model;

/// <summary>One app of one installation, as its latest report shows it.</summary>
/// <remarks>Kept in memory for every installation, so it holds no maps: those stay in the log.</remarks>
internal sealed record InstanceState : IReportedState
{
    /// <summary>Place in the order of first reports, from 0; stable for the life of the store.</summary>
    public required int Ordinal { get; init; }

    public required InstanceId Instance { get; init; }

    public required App App { get; init; }

    /// <summary>UTC, whole milliseconds.</summary>
    public required DateTimeOffset FirstSeen { get; init; }

    /// <summary>UTC, whole milliseconds.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    public required long ReportCount { get; init; }

    public required long LatestNumber { get; init; }

    public required string AppVersion { get; init; }

    public uint SchemaVersion { get; init; }

    public required Claim Claim { get; init; }

    public required InstallationEnvironment Environment { get; init; }

    public UserCounts Users { get; init; }

    public SubscriptionFlags Subscription { get; init; }

    /// <summary>RoomVox's scalar figures; its maps are empty here.</summary>
    public RoomVoxUsage? RoomVox { get; init; }
}
