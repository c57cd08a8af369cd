using Telemetry.Server.Model;

namespace Telemetry.Server.Ingestion;

/// <summary>A report as an edge received it: typed, but not yet believed.</summary>
/// <remarks>
/// Every edge (gRPC, HTTP endpoints) fills one and hands it to <see cref="IReportIngestion"/>; nothing here is stored or
/// logged before validation. Counts are wide so that the validator, not the edge, refuses what is out of range.
/// </remarks>
internal sealed class SubmittedReport
{
    /// <summary>Null when the client has no such thing; the server then makes one.</summary>
    public string? ReportId { get; set; }

    /// <summary>SHA-256 of the bytes that this was read from, as the edge received them.</summary>
    public byte[] Sha256 { get; set; } = [];

    public string? InstanceHash { get; set; }

    public App App { get; set; }

    public string? AppVersion { get; set; }

    /// <summary>Whether the word "unknown" stands for a missing app version, as the existing apps write it.</summary>
    public bool AppVersionMayBeUnknown { get; set; }

    public long SchemaVersion { get; set; }

    public string? NextcloudVersion { get; set; }

    public string? PhpVersion { get; set; }

    public string? DotnetVersion { get; set; }

    public string? Country { get; set; }

    public Database Database { get; set; }

    public string? Language { get; set; }

    public string? Timezone { get; set; }

    public OsFamily OsFamily { get; set; }

    public WebServer WebServer { get; set; }

    public bool? Container { get; set; }

    public long? TotalUsers { get; set; }

    public long? ActiveUsers30Days { get; set; }

    public long? DisabledUsers { get; set; }

    public long? EnabledUsers { get; set; }

    public bool? ValidSubscription { get; set; }

    public bool? ExtendedSupport { get; set; }

    /// <summary>In clear, for the length of the call only.</summary>
    public string? SubscriptionKey { get; set; }

    public bool HasRoomVoxUsage { get; set; }

    public long? Rooms { get; set; }

    public long? RoomGroups { get; set; }

    public SubmittedCounts RoomTypes { get; } = new(LabelRegister.RoomTypes);

    public SubmittedCounts Facilities { get; } = new(LabelRegister.Facilities);

    public double? AverageCapacity { get; set; }

    public long? AutoAcceptRooms { get; set; }

    public long? RoomsWithSmtp { get; set; }

    public long? RoomsWithAvailabilityRules { get; set; }

    public bool? ExchangeSyncEnabled { get; set; }

    public long? RoomsWithExchange { get; set; }

    /// <summary>Fields the edge did not know and dropped; a figure, nothing else.</summary>
    public int UnknownFields { get; set; }
}
