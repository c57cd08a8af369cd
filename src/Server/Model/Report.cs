namespace Telemetry.Server.Model;

/// <summary>A report that passed validation: normalised, re-keyed, without anything that identifies.</summary>
internal sealed record Report : IReportedState
{
    public required Guid ReportId { get; init; }

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
