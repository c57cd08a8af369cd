using System.Buffers.Binary;
using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.Records;

/// <summary>The fields of a stored report while its record is read.</summary>
internal struct ReportFields
{
    private long _acceptedAt;
    private EventKinds _kinds;
    private long _previous;
    private Guid _reportId;
    private ulong _contentTag;
    private InstanceId _instance;
    private App _app;
    private string? _appVersion;
    private uint _schema;
    private Claim _claim;
    private string? _nextcloud;
    private string? _php;
    private string? _dotnet;
    private CountryCode _country;
    private CountrySource _countrySource;
    private Database _database;
    private string? _language;
    private string? _timezone;
    private OsFamily _os;
    private WebServer _webServer;
    private bool? _container;
    private UserCounts _users;
    private SubscriptionFlags _subscription;
    private bool _hasRoomVox;
    private uint? _rooms;
    private uint? _roomGroups;
    private uint? _capacity;
    private uint? _autoAccept;
    private uint? _smtp;
    private uint? _availability;
    private bool? _exchange;
    private uint? _exchangeRooms;
    private List<LabelCount>? _roomTypes;
    private List<LabelCount>? _facilities;

    public void Set(int tag, ulong number, ReadOnlySpan<byte> bytes)
    {
        switch (tag)
        {
            case 1: _acceptedAt = (long)number; break;
            case 2: _kinds = (EventKinds)number; break;
            case 3: _previous = (long)number; break;
            case 4: _reportId = ToGuid(RecordReader.Wide(bytes)); break;
            case 5: _instance = new InstanceId(RecordReader.Wide(bytes)); break;
            case 6: _app = (App)number; break;
            case 7: _appVersion = TextPool.Shared.Get(bytes); break;
            case 8: _schema = (uint)number; break;
            case 9: _claim = _claim with { Verdict = (ClaimVerdict)number }; break;
            case 10: _nextcloud = TextPool.Shared.Get(bytes); break;
            case 11: _php = TextPool.Shared.Get(bytes); break;
            case 12: _dotnet = TextPool.Shared.Get(bytes); break;
            case 13: _country = new CountryCode((ushort)number); break;
            case 14: _countrySource = (CountrySource)number; break;
            case 15: _database = (Database)number; break;
            case 16: _language = TextPool.Shared.Get(bytes); break;
            case 17: _timezone = TextPool.Shared.Get(bytes); break;
            case 18: _os = (OsFamily)number; break;
            case 19: _webServer = (WebServer)number; break;
            case 20: _container = number != 0; break;
            case 21: _users = _users with { Total = (uint)number }; break;
            case 22: _users = _users with { Active30Days = (uint)number }; break;
            case 23: _users = _users with { Disabled = (uint)number }; break;
            case 24: _users = _users with { Enabled = (uint)number }; break;
            case 25: _subscription = _subscription with { ValidSubscription = number != 0 }; break;
            case 26: _subscription = _subscription with { ExtendedSupport = number != 0 }; break;
            case 27: _claim = _claim with { Reason = (LicenseVerdict)number }; break;
            case 28: _contentTag = number; break;
            case 30: _hasRoomVox = true; break;
            case 31: _rooms = (uint)number; break;
            case 32: _roomGroups = (uint)number; break;
            case 33: _capacity = (uint)number; break;
            case 34: _autoAccept = (uint)number; break;
            case 35: _smtp = (uint)number; break;
            case 36: _availability = (uint)number; break;
            case 37: _exchange = number != 0; break;
            case 38: _exchangeRooms = (uint)number; break;
            case 39: (_roomTypes ??= []).Add(ToLabelCount(number)); break;
            case 40: (_facilities ??= []).Add(ToLabelCount(number)); break;
        }
    }

    public readonly StoredReport ToStoredReport(FeedPosition position)
    {
        var report = new Report
        {
            ReportId = _reportId,
            ContentTag = _contentTag,
            Instance = _instance,
            App = _app,
            AppVersion = _appVersion ?? "",
            SchemaVersion = _schema,
            Claim = _claim,
            Environment = ToEnvironment(),
            Users = _users,
            Subscription = _subscription,
            RoomVox = _hasRoomVox ? ToRoomVox() : null,
        };
        return new StoredReport(
            position, DateTimeOffset.FromUnixTimeMilliseconds(_acceptedAt), _kinds, _previous, report);
    }

    private readonly InstallationEnvironment ToEnvironment() => new()
    {
        NextcloudVersion = _nextcloud ?? "",
        PhpVersion = _php ?? "",
        DotnetVersion = _dotnet ?? "",
        Country = _country,
        CountrySource = _countrySource,
        Database = _database,
        Language = _language ?? "",
        Timezone = _timezone ?? "",
        OsFamily = _os,
        WebServer = _webServer,
        Container = _container,
    };

    private readonly RoomVoxUsage ToRoomVox() => new()
    {
        Rooms = _rooms,
        RoomGroups = _roomGroups,
        RoomTypes = _roomTypes is null ? LabelCounts.Empty : new LabelCounts([.. _roomTypes]),
        Facilities = _facilities is null ? LabelCounts.Empty : new LabelCounts([.. _facilities]),
        AverageCapacityHundredths = _capacity,
        AutoAcceptRooms = _autoAccept,
        RoomsWithSmtp = _smtp,
        RoomsWithAvailabilityRules = _availability,
        ExchangeSyncEnabled = _exchange,
        RoomsWithExchange = _exchangeRooms,
    };

    private static LabelCount ToLabelCount(ulong number) => new((byte)number, (uint)(number >> 8));

    private static Guid ToGuid(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new Guid(bytes, bigEndian: true);
    }
}
