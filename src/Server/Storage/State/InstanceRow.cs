using System.Runtime.InteropServices;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.State;

/// <summary>The latest state of one app of one installation in about 130 bytes.</summary>
/// <remarks>Texts are numbers of a <see cref="ValueTable"/>; <see cref="NotKnown"/> stands for a missing count.</remarks>
[StructLayout(LayoutKind.Auto)]
internal struct InstanceRow
{
    public const uint NotKnown = uint.MaxValue;

    public InstanceId Instance;
    public App App;
    public Claim Claim;
    public Database Database;
    public OsFamily OsFamily;
    public WebServer WebServer;
    public CountrySource CountrySource;
    public Ternary Container;
    public Ternary ValidSubscription;
    public Ternary ExtendedSupport;
    public Ternary ExchangeSync;
    public bool HasRoomVox;
    public CountryCode Country;
    public ushort SchemaVersion;
    public ushort AppVersion;
    public ushort NextcloudVersion;
    public ushort PhpVersion;
    public ushort DotnetVersion;
    public ushort Language;
    public ushort Timezone;
    public uint ReportCount;
    public long FirstSeenMs;
    public long LastSeenMs;
    public long LatestNumber;
    public uint TotalUsers;
    public uint ActiveUsers;
    public uint DisabledUsers;
    public uint EnabledUsers;
    public uint Rooms;
    public uint RoomGroups;
    public uint Capacity;
    public uint AutoAccept;
    public uint Smtp;
    public uint Availability;
    public uint ExchangeRooms;
    public RecentReportIds RecentIds;

    /// <summary>A place that recovery keeps free for an installation whose events it has yet to read.</summary>
    public readonly bool IsVacant => App == App.Unknown;
}
