using Telemetry.Server.Model;
using Telemetry.Schema;

namespace Telemetry.Server.Storage.State;

/// <summary>The latest state of every installation of every app, in memory.</summary>
/// <remarks>
/// Changed by the writer alone, after the commit is on disk; readers take copies under the same lock and never see half a
/// row. What a snapshot writes at a time is a slot: a block of one app's rows. Slots are numbered as they come to exist.
/// </remarks>
internal sealed class FleetState(AppRegistry apps, int blockSize)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, AppFleet> _fleets = new(StringComparer.Ordinal);
    private readonly List<(AppFleet Fleet, int Block)?> _slots = [];
    private readonly Dictionary<(string App, LicenseVerdict Reason), int> _refusedClaims = [];

    /// <summary>How many pairs of installation and app there are.</summary>
    public int Count { get; private set; }

    public int Slots => _slots.Count;

    /// <summary>How many distinct texts an app's installations have, for how many there is room, and what all their cells take.</summary>
    public (int Texts, int TextRoom, long CellBytes) Held(string app)
    {
        lock (_gate)
        {
            return _fleets.TryGetValue(app, out var fleet) ? (fleet.TextsHeld, fleet.TextRoom, fleet.CellBytes) : default;
        }
    }

    public InstanceState? Find(InstanceId instance, string app)
    {
        lock (_gate)
        {
            return _fleets.TryGetValue(app, out var fleet) && fleet.Find(instance) is var ordinal and >= 0
                ? fleet.StateOf(ordinal)
                : null;
        }
    }

    /// <summary>All apps of one installation.</summary>
    public List<InstanceState> Find(InstanceId instance)
    {
        lock (_gate)
        {
            return [.. _fleets.Values.Select(fleet => (Fleet: fleet, Ordinal: fleet.Find(instance)))
                .Where(found => found.Ordinal >= 0)
                .Select(found => found.Fleet.StateOf(found.Ordinal))];
        }
    }

    /// <summary>One app of an installation, if its data is owned by whoever this is a hash of, as both are at this moment.</summary>
    /// <param name="owner">Never 0.</param>
    public InstanceState? FindOwned(InstanceId instance, string app, ulong owner)
    {
        lock (_gate)
        {
            return _fleets.TryGetValue(app, out var fleet) && fleet.Find(instance) is var ordinal and >= 0
                && owner != 0 && fleet.OwnerOf(ordinal) == owner ? fleet.StateOf(ordinal) : null;
        }
    }

    /// <summary>Keyed hash of who owns the data of an installation that is known; 0 for nobody.</summary>
    public ulong OwnerOf(InstanceId instance, string app)
    {
        lock (_gate)
        {
            return _fleets.TryGetValue(app, out var fleet) && fleet.Find(instance) is var ordinal and >= 0 ? fleet.OwnerOf(ordinal) : 0;
        }
    }

    public Dictionary<(string App, LicenseVerdict Reason), int> RefusedClaims()
    {
        lock (_gate)
        {
            return new Dictionary<(string App, LicenseVerdict Reason), int>(_refusedClaims);
        }
    }

    /// <summary>All installations, app by app, each app's in the order of first reports, a few at a time.</summary>
    public IEnumerable<InstanceState> All()
    {
        const int AtOnce = 1_024;
        string[] names;
        lock (_gate)
        {
            names = [.. _fleets.Keys];
        }

        foreach (var app in names)
        {
            for (var from = 0; ; from += AtOnce)
            {
                List<InstanceState> part;
                bool more;
                lock (_gate)
                {
                    var fleet = _fleets[app];
                    more = from + AtOnce < fleet.Count;
                    part = [.. Enumerable.Range(from, Math.Max(0, Math.Min(AtOnce, fleet.Count - from))).Where(ordinal => !fleet[ordinal].IsVacant).Select(fleet.StateOf)];
                }

                foreach (var state in part)
                {
                    yield return state;
                }

                if (!more)
                {
                    break;
                }
            }
        }
    }

    /// <summary>For the writer only: what decides about a new report. False for a stranger.</summary>
    public bool TryGetLatest(InstanceId instance, string app, out LatestReport latest)
    {
        if (!_fleets.TryGetValue(app, out var fleet) || fleet.Find(instance) is not (var ordinal and >= 0))
        {
            latest = default;
            return false;
        }

        ref readonly var row = ref fleet[ordinal];
        latest = new LatestReport(
            row.LatestNumber, row.LastSeenMs, fleet.TextOf(ordinal, CoreFields.AppVersion) ?? "", row.RecentIds, fleet.OwnerOf(ordinal));
        return true;
    }

    /// <summary>Takes committed reports in, with the values they were made of.</summary>
    public void Apply(IReadOnlyList<StoredReport> committed, IReadOnlyList<Report> reports)
    {
        lock (_gate)
        {
            for (var i = 0; i < committed.Count; i++)
            {
                var fleet = FleetOf(reports[i].Schema);
                // A report that was read just before its app was registered anew.
                var values = reports[i].Schema == fleet.Schema
                    ? reports[i].Values
                    : WireReportReader.Read(committed[i].Body, fleet.Schema);
                ApplyOne(fleet, committed[i], values);
            }
        }
    }

    /// <summary>For recovery: an event that a row may or may not have seen.</summary>
    public void Replay(StoredReport stored)
    {
        var fleet = FleetOf(apps.OfStored(stored.App));
        if (fleet.Find(stored.Instance) is not (var ordinal and >= 0) || fleet[ordinal].LatestNumber < stored.Position.Number)
        {
            ApplyOne(fleet, stored, WireReportReader.Read(stored.Body, fleet.Schema));
        }
    }

    /// <summary>For the writer only: the rows of one slot, to be written down.</summary>
    public IEnumerable<(InstanceState State, RecentReportIds RecentIds, ulong Owner)> Slot(int slot)
    {
        if (_slots[slot] is not var (fleet, block))
        {
            yield break;
        }

        var end = Math.Min((block + 1) * fleet.BlockSize, fleet.Count);
        for (var ordinal = block * fleet.BlockSize; ordinal < end; ordinal++)
        {
            if (!fleet[ordinal].IsVacant)
            {
                yield return (fleet.StateOf(ordinal), fleet[ordinal].RecentIds, fleet.OwnerOf(ordinal));
            }
        }
    }

    /// <summary>For the writer only: the number of the newest event that changed a slot; 0 when none did.</summary>
    public long NewestIn(int slot)
    {
        if (_slots[slot] is not var (fleet, block))
        {
            return 0;
        }

        var newest = 0L;
        var end = Math.Min((block + 1) * fleet.BlockSize, fleet.Count);
        for (var ordinal = block * fleet.BlockSize; ordinal < end; ordinal++)
        {
            newest = Math.Max(newest, fleet[ordinal].LatestNumber);
        }

        return newest;
    }

    /// <summary>For the writer only: places in a slot of installations that were not heard of since before a moment and an event.</summary>
    public IReadOnlySet<int> SilentIn(int slot, long beforeMs, long beforeNumber)
    {
        var silent = new HashSet<int>();
        if (_slots[slot] is var (fleet, block))
        {
            var end = Math.Min((block + 1) * fleet.BlockSize, fleet.Count);
            for (var ordinal = block * fleet.BlockSize; ordinal < end; ordinal++)
            {
                ref readonly var row = ref fleet[ordinal];
                if (!row.IsVacant && row.LastSeenMs < beforeMs && row.LatestNumber < beforeNumber)
                {
                    silent.Add(ordinal);
                }
            }
        }

        return silent;
    }

    /// <summary>For the writer only: the slot of an installation and its place in it.</summary>
    public (int Slot, int Ordinal)? PlaceOf(InstanceId instance, string app) =>
        _fleets.TryGetValue(app, out var fleet) && fleet.Find(instance) is var ordinal and >= 0
            ? (_slots.IndexOf((fleet, ordinal / fleet.BlockSize)), ordinal)
            : null;

    /// <summary>Leaves nothing of installations in a slot.</summary>
    public void Remove(int slot, IReadOnlySet<int> ordinals)
    {
        lock (_gate)
        {
            if (_slots[slot] is var (fleet, _))
            {
                foreach (var ordinal in ordinals)
                {
                    Recount(fleet.Schema.App, fleet[ordinal].Claim, default);
                    fleet.Remove(ordinal);
                    Count--;
                }
            }
        }
    }

    /// <summary>For recovery: puts a row back where it was.</summary>
    public void Restore(int slot, InstanceRecord record)
    {
        var latest = record.Latest;
        var fleet = FleetOf(apps.OfStored(latest.App));
        while (_slots.Count <= slot)
        {
            _slots.Add(null);
        }

        _slots[slot] ??= (fleet, record.Ordinal / fleet.BlockSize);
        fleet.NumberedBlocks.Add(record.Ordinal / fleet.BlockSize);
        fleet.Add(record.Ordinal, latest.Instance, record.FirstSeenMs);
        ref var row = ref fleet[record.Ordinal];
        row.RecentIds = record.RecentIds;
        row.ReportCount = record.ReportCount;
        fleet.SetOwner(record.Ordinal, record.Owner);
        Fill(fleet, record.Ordinal, latest, WireReportReader.Read(latest.Body, fleet.Schema));
        Count++;
    }

    private AppFleet FleetOf(ReportSchema schema)
    {
        if (!_fleets.TryGetValue(schema.App, out var fleet))
        {
            _fleets.Add(schema.App, fleet = new AppFleet(schema, blockSize));
        }
        else if (fleet.Schema != schema && apps.OfStored(schema.App) == schema)
        {
            fleet.Use(schema);
        }

        return fleet;
    }

    private void ApplyOne(AppFleet fleet, StoredReport stored, ReportValues values)
    {
        var ordinal = fleet.FindOrAdd(stored.Instance, stored.AcceptedAtMs);
        if (fleet[ordinal].IsVacant)
        {
            Count++;
            NumberSlot(fleet, ordinal / fleet.BlockSize);
        }

        ref var row = ref fleet[ordinal];
        if (row.IsVacant)
        {
            fleet.SetOwner(ordinal, stored.Owner);
        }
        else if (stored.Ownership == OwnershipChange.Ended || stored.PreviousNumber != row.LatestNumber)
        {
            // Also where damage took a report in between: whether it had the secret cannot be known any more.
            fleet.SetOwner(ordinal, 0);
        }

        row.ReportCount++;
        row.RecentIds.Add(RecentReportIds.FingerprintOf(stored.ReportId, stored.Instance));
        Fill(fleet, ordinal, stored, values);
    }

    private void NumberSlot(AppFleet fleet, int block)
    {
        if (fleet.NumberedBlocks.Add(block))
        {
            _slots.Add((fleet, block));
        }
    }

    private void Fill(AppFleet fleet, int ordinal, StoredReport stored, ReportValues values)
    {
        ref var row = ref fleet[ordinal];
        row.LatestNumber = stored.Position.Number;
        row.LastSeenMs = stored.AcceptedAtMs;
        Recount(fleet.Schema.App, row.Claim, stored.Claim);
        row.Claim = stored.Claim;
        row.CountrySource = stored.CountrySource;
        fleet.Set(ordinal, values);
    }

    /// <summary>Kept with each report: counting a million rows for a question would hold up the writer.</summary>
    private void Recount(string app, Claim before, Claim claim)
    {
        if (before.Verdict == ClaimVerdict.Refused && --_refusedClaims[(app, before.Reason)] == 0)
        {
            _refusedClaims.Remove((app, before.Reason));
        }

        if (claim.Verdict == ClaimVerdict.Refused)
        {
            _refusedClaims[(app, claim.Reason)] = _refusedClaims.GetValueOrDefault((app, claim.Reason)) + 1;
        }
    }
}

/// <summary>What the decision about a new report needs to know of the one before.</summary>
/// <param name="Number">Its number.</param>
/// <param name="AcceptedAtMs">When it was accepted, Unix milliseconds.</param>
/// <param name="AppVersion">The app's version then.</param>
/// <param name="RecentIds">Fingerprints of the last report ids.</param>
/// <param name="Owner">Keyed hash of who owns the installation's data; 0 for nobody.</param>
internal readonly record struct LatestReport(long Number, long AcceptedAtMs, string AppVersion, RecentReportIds RecentIds, ulong Owner);
