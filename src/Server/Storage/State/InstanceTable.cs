using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.State;

/// <summary>The latest state of every installation, in memory.</summary>
/// <remarks>
/// Changed by the writer alone, after the commit is on disk; readers take copies under the same lock and never see
/// half a row. Cost per installation: a row and its index entry, about 145 bytes.
/// </remarks>
internal sealed class InstanceTable
{
    private readonly Lock _gate = new();
    private readonly InstanceRows _rows;
    private readonly InstanceIndex _index;
    private readonly ValueTable _appVersions = new();
    private readonly ValueTable _platformVersions = new();
    private readonly ValueTable _languages = new();
    private readonly ValueTable _timezones = new();
    private readonly Dictionary<(App App, LicenseVerdict Reason), int> _refusedClaims = [];
    private int _firstVacant;

    public InstanceTable(int blockSize)
    {
        _rows = new InstanceRows(blockSize);
        _index = new InstanceIndex(_rows);
    }

    public int Count => _rows.Count;

    public int Blocks => _rows.Blocks;

    public InstanceState? Find(InstanceId instance, App app)
    {
        lock (_gate)
        {
            var ordinal = _index.Find(instance, app);
            return ordinal < 0 ? null : StateOf(ordinal);
        }
    }

    public Dictionary<(App App, LicenseVerdict Reason), int> RefusedClaims()
    {
        lock (_gate)
        {
            return new Dictionary<(App App, LicenseVerdict Reason), int>(_refusedClaims);
        }
    }

    public List<InstanceState> List(int firstOrdinal, int maxCount, App? app, ClaimVerdict? verdict = null)
    {
        var states = new List<InstanceState>();
        lock (_gate)
        {
            for (var ordinal = firstOrdinal; ordinal < _rows.Count && states.Count < maxCount; ordinal++)
            {
                ref readonly var row = ref _rows[ordinal];
                if (!row.IsVacant && (app is null || row.App == app)
                    && (verdict is null || row.Claim.Verdict == verdict))
                {
                    states.Add(StateOf(ordinal));
                }
            }
        }

        return states;
    }

    /// <summary>For the writer only: what decides about a new report. False for a stranger.</summary>
    public bool TryGetLatest(InstanceId instance, App app, out LatestReport latest)
    {
        var ordinal = _index.Find(instance, app);
        if (ordinal < 0)
        {
            latest = default;
            return false;
        }

        ref readonly var row = ref _rows[ordinal];
        latest = new LatestReport(row.LatestNumber, row.LastSeenMs, _appVersions[row.AppVersion], row.RecentIds);
        return true;
    }

    public void Apply(IReadOnlyList<StoredReport> committed)
    {
        lock (_gate)
        {
            foreach (var stored in committed)
            {
                ApplyOne(stored);
            }
        }
    }

    /// <summary>For recovery: an event that a row may or may not have seen.</summary>
    public void Replay(StoredReport stored)
    {
        var ordinal = _index.Find(stored.Report.Instance, stored.Report.App);
        if (ordinal < 0 || _rows[ordinal].LatestNumber < stored.Position.Number)
        {
            ApplyOne(stored);
        }
    }

    /// <summary>For the writer only: the rows of one block, to be written down.</summary>
    public IEnumerable<InstanceState> Block(int block)
    {
        var end = Math.Min((block + 1) * _rows.BlockSize, _rows.Count);
        for (var ordinal = block * _rows.BlockSize; ordinal < end; ordinal++)
        {
            if (!_rows[ordinal].IsVacant)
            {
                yield return StateOf(ordinal);
            }
        }
    }

    /// <summary>For the writer only: the number of the newest event that changed a block; 0 when none did.</summary>
    public long NewestIn(int block)
    {
        var newest = 0L;
        var end = Math.Min((block + 1) * _rows.BlockSize, _rows.Count);
        for (var ordinal = block * _rows.BlockSize; ordinal < end; ordinal++)
        {
            newest = Math.Max(newest, _rows[ordinal].LatestNumber);
        }

        return newest;
    }

    public RecentReportIds RecentIdsOf(int ordinal) => _rows[ordinal].RecentIds;

    /// <summary>For recovery: puts a row back where it was.</summary>
    public void Restore(InstanceState state, RecentReportIds recentIds)
    {
        _rows.GrowTo(state.Ordinal + 1);
        ref var row = ref _rows[state.Ordinal];
        row.Instance = state.Instance;
        row.App = state.App;
        row.FirstSeenMs = state.FirstSeen.ToUnixTimeMilliseconds();
        row.ReportCount = (uint)state.ReportCount;
        row.RecentIds = recentIds;
        Fill(ref row, state.LatestNumber, state.LastSeen, state);
        _index.Add(state.Ordinal);
    }

    private void ApplyOne(StoredReport stored)
    {
        var report = stored.Report;
        var ordinal = _index.Find(report.Instance, report.App);
        var isNew = ordinal < 0;
        if (isNew)
        {
            ordinal = NextOrdinal();
        }

        ref var row = ref _rows[ordinal];
        if (isNew)
        {
            row.Instance = report.Instance;
            row.App = report.App;
            row.FirstSeenMs = stored.AcceptedAt.ToUnixTimeMilliseconds();
            _index.Add(ordinal);
        }

        row.ReportCount++;
        row.RecentIds.Add(RecentReportIds.FingerprintOf(report));
        Fill(ref row, stored.Position.Number, stored.AcceptedAt, report);
    }

    /// <summary>Vacant places first: recovery then gives every installation the ordinal it had.</summary>
    private int NextOrdinal()
    {
        while (_firstVacant < _rows.Count && !_rows[_firstVacant].IsVacant)
        {
            _firstVacant++;
        }

        _rows.GrowTo(_firstVacant + 1);
        return _firstVacant;
    }

    private void Fill(ref InstanceRow row, long number, DateTimeOffset lastSeen, IReportedState reported)
    {
        var environment = reported.Environment;
        row.LatestNumber = number;
        row.LastSeenMs = lastSeen.ToUnixTimeMilliseconds();
        Recount(row, reported.Claim);
        row.Claim = reported.Claim;
        row.SchemaVersion = (ushort)reported.SchemaVersion;
        row.AppVersion = _appVersions.NumberOf(reported.AppVersion);
        row.NextcloudVersion = _platformVersions.NumberOf(environment.NextcloudVersion);
        row.PhpVersion = _platformVersions.NumberOf(environment.PhpVersion);
        row.DotnetVersion = _platformVersions.NumberOf(environment.DotnetVersion);
        row.Language = _languages.NumberOf(environment.Language);
        row.Timezone = _timezones.NumberOf(environment.Timezone);
        row.Country = environment.Country;
        row.CountrySource = environment.CountrySource;
        row.Database = environment.Database;
        row.OsFamily = environment.OsFamily;
        row.WebServer = environment.WebServer;
        row.Container = Pack(environment.Container);
        row.TotalUsers = Pack(reported.Users.Total);
        row.ActiveUsers = Pack(reported.Users.Active30Days);
        row.DisabledUsers = Pack(reported.Users.Disabled);
        row.EnabledUsers = Pack(reported.Users.Enabled);
        row.ValidSubscription = Pack(reported.Subscription.ValidSubscription);
        row.ExtendedSupport = Pack(reported.Subscription.ExtendedSupport);
        var usage = reported.RoomVox;
        row.HasRoomVox = usage is not null;
        row.Rooms = Pack(usage?.Rooms);
        row.RoomGroups = Pack(usage?.RoomGroups);
        row.Capacity = Pack(usage?.AverageCapacityHundredths);
        row.AutoAccept = Pack(usage?.AutoAcceptRooms);
        row.Smtp = Pack(usage?.RoomsWithSmtp);
        row.Availability = Pack(usage?.RoomsWithAvailabilityRules);
        row.ExchangeSync = Pack(usage?.ExchangeSyncEnabled);
        row.ExchangeRooms = Pack(usage?.RoomsWithExchange);
    }

    /// <summary>Kept with each report: counting a million rows for a question would hold up the writer.</summary>
    private void Recount(in InstanceRow row, Claim claim)
    {
        if (row.Claim.Verdict == ClaimVerdict.Refused && --_refusedClaims[(row.App, row.Claim.Reason)] == 0)
        {
            _refusedClaims.Remove((row.App, row.Claim.Reason));
        }

        if (claim.Verdict == ClaimVerdict.Refused)
        {
            var key = (row.App, claim.Reason);
            _refusedClaims[key] = _refusedClaims.GetValueOrDefault(key) + 1;
        }
    }

    private InstanceState StateOf(int ordinal)
    {
        ref readonly var row = ref _rows[ordinal];
        return new InstanceState
        {
            Ordinal = ordinal,
            Instance = row.Instance,
            App = row.App,
            FirstSeen = DateTimeOffset.FromUnixTimeMilliseconds(row.FirstSeenMs),
            LastSeen = DateTimeOffset.FromUnixTimeMilliseconds(row.LastSeenMs),
            ReportCount = row.ReportCount,
            LatestNumber = row.LatestNumber,
            AppVersion = _appVersions[row.AppVersion],
            SchemaVersion = row.SchemaVersion,
            Claim = row.Claim,
            Environment = new InstallationEnvironment
            {
                NextcloudVersion = _platformVersions[row.NextcloudVersion],
                PhpVersion = _platformVersions[row.PhpVersion],
                DotnetVersion = _platformVersions[row.DotnetVersion],
                Country = row.Country,
                CountrySource = row.CountrySource,
                Database = row.Database,
                Language = _languages[row.Language],
                Timezone = _timezones[row.Timezone],
                OsFamily = row.OsFamily,
                WebServer = row.WebServer,
                Container = Unpack(row.Container),
            },
            Users = new UserCounts(
                Unpack(row.TotalUsers), Unpack(row.ActiveUsers), Unpack(row.DisabledUsers), Unpack(row.EnabledUsers)),
            Subscription = new SubscriptionFlags(Unpack(row.ValidSubscription), Unpack(row.ExtendedSupport)),
            RoomVox = row.HasRoomVox ? UsageOf(row) : null,
        };
    }

    private static RoomVoxUsage UsageOf(in InstanceRow row) => new()
    {
        Rooms = Unpack(row.Rooms),
        RoomGroups = Unpack(row.RoomGroups),
        AverageCapacityHundredths = Unpack(row.Capacity),
        AutoAcceptRooms = Unpack(row.AutoAccept),
        RoomsWithSmtp = Unpack(row.Smtp),
        RoomsWithAvailabilityRules = Unpack(row.Availability),
        ExchangeSyncEnabled = Unpack(row.ExchangeSync),
        RoomsWithExchange = Unpack(row.ExchangeRooms),
    };

    private static uint Pack(uint? count) => count ?? InstanceRow.NotKnown;

    private static uint? Unpack(uint count) => count == InstanceRow.NotKnown ? null : count;

    private static Ternary Pack(bool? flag) => flag switch
    {
        null => Ternary.NotKnown,
        false => Ternary.No,
        true => Ternary.Yes,
    };

    private static bool? Unpack(Ternary flag) => flag == Ternary.NotKnown ? null : flag == Ternary.Yes;
}

/// <summary>What the decision about a new report needs to know of the one before.</summary>
/// <param name="Number">Its number.</param>
/// <param name="AcceptedAtMs">When it was accepted, Unix milliseconds.</param>
/// <param name="AppVersion">The app's version then.</param>
/// <param name="RecentIds">Fingerprints of the last report ids.</param>
internal readonly record struct LatestReport(long Number, long AcceptedAtMs, string AppVersion, RecentReportIds RecentIds);
