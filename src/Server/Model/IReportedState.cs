namespace Telemetry.Server.Model;

/// <summary>What a report and the state made of it have in common.</summary>
internal interface IReportedState
{
    string AppVersion { get; }

    uint SchemaVersion { get; }

    Claim Claim { get; }

    InstallationEnvironment Environment { get; }

    UserCounts Users { get; }

    SubscriptionFlags Subscription { get; }

    RoomVoxUsage? RoomVox { get; }
}
