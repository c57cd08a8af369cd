namespace Telemetry.Server.Model;

/// <summary>A report that passed validation: normalized, re-keyed, without anything that identifies.</summary>
internal sealed record Report : IReportedState
{
    public required Guid ReportId { get; init; }

    /// <summary>Keyed hash of the bytes that were sent: tells a repetition from another report under the same id.</summary>
    public ulong ContentTag { get; init; }

    public required InstanceId Instance { get; init; }

    public required App App { get; init; }

    /// <summary>Empty when the app could not tell its version.</summary>
    public required string AppVersion { get; init; }

    public uint SchemaVersion { get; init; }

    public required Claim Claim { get; init; }

    public InstallationEnvironment Environment { get; init; } = InstallationEnvironment.Unknown;

    public UserCounts Users { get; init; }

    public SubscriptionFlags Subscription { get; init; }

    public RoomVoxUsage? RoomVox { get; init; }
}

/// <summary>What a report says about its subscription, without the key.</summary>
internal readonly record struct SubscriptionFlags(bool? ValidSubscription, bool? ExtendedSupport);

/// <summary>Numbers of accounts; null means not counted.</summary>
internal readonly record struct UserCounts(uint? Total, uint? Active30Days, uint? Disabled, uint? Enabled);

/// <summary>A committed report: one event of the feed.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="AcceptedAt">When it was committed, UTC, whole milliseconds.</param>
/// <param name="Kinds">What it means.</param>
/// <param name="PreviousNumber">Number of the same installation and app's report before; 0 for the first.</param>
/// <param name="Report">What was reported.</param>
internal sealed record StoredReport(
    FeedPosition Position, DateTimeOffset AcceptedAt, EventKinds Kinds, long PreviousNumber, Report Report);
