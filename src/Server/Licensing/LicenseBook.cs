using System.Collections.Concurrent;
using System.Collections.Immutable;
using Telemetry.Server.Audit;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Licensing;

/// <summary>All licenses and seats, in memory.</summary>
/// <remarks>
/// Responsible for: finding, changing durably, keeping both indexes in step.
/// Keys are compared as keyed hashes: how long a comparison takes tells a guesser nothing about a key.
/// Threading: any number of readers, who see an entry whole; changes are made one after another, and become visible
/// when they are on disk. Throws: <see cref="StoreUnavailableException"/> from changes, which then did not happen.
/// </remarks>
internal sealed class LicenseBook : IDisposable
{
    private readonly ITelemetryStore _store;
    private readonly SemaphoreSlim _changing = new(1);
    private readonly ConcurrentDictionary<SubscriptionKeyHash, LicenseEntry> _byKey = new();
    private readonly ConcurrentDictionary<LicenseId, SubscriptionKeyHash> _keys = new();
    private readonly ConcurrentDictionary<UInt128, SubscriptionKeyHash> _byRequest = new();
    private readonly ConcurrentDictionary<LicensedInstanceId, ImmutableArray<SubscriptionKeyHash>> _byInstance = new();
    private ImmutableList<LicenseId> _inOrder = [];
    private long _version;
    private long _lastSequence;

    public LicenseBook(ITelemetryStore store)
    {
        _store = store;
        var leases = store.ReadLeases().ToLookup(lease => lease.License);
        foreach (var license in store.ReadLicenses())
        {
            Show(new LicenseEntry(license, leases[license.Id].ToImmutableDictionary(lease => lease.Instance)));
        }
    }

    /// <summary>How many licenses there are, whatever their state.</summary>
    public int Count => _byKey.Count;

    /// <summary>The next place in the order of issue.</summary>
    public long NextSequence => Interlocked.Read(ref _lastSequence) + 1;

    /// <summary>Grows with every change of a license, not of a seat.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Ids in the order of issue.</summary>
    public IReadOnlyList<LicenseId> InOrder => Volatile.Read(ref _inOrder);

    public LicenseEntry? Find(SubscriptionKeyHash key) => _byKey.GetValueOrDefault(key);

    public LicenseEntry? Find(LicenseId id) => _keys.TryGetValue(id, out var key) ? Find(key) : null;

    /// <summary>The license that a request id issued, by its keyed hash.</summary>
    public LicenseEntry? FindIssued(UInt128 requestId) => _byRequest.TryGetValue(requestId, out var key) ? Find(key) : null;

    /// <summary>Licenses under which an installation has a seat, live or lapsed.</summary>
    public IEnumerable<LicenseEntry> Of(LicensedInstanceId instance) =>
        _byInstance.TryGetValue(instance, out var keys) ? keys.Select(Find).OfType<LicenseEntry>() : [];

    /// <summary>Changes the license with this key, as it is when its turn comes.</summary>
    /// <param name="key">Which license.</param>
    /// <param name="change">Gets the entry, null when there is none; returns it as it is to be, null for no change.</param>
    /// <param name="cancellation">Ends the waiting, not the change.</param>
    /// <param name="audit">Whose call it is; null for what installations and the server do by themselves.</param>
    /// <returns>The entry as it is now; null when there is none.</returns>
    public async ValueTask<LicenseEntry?> ChangeAsync(
        SubscriptionKeyHash key, Func<LicenseEntry?, LicenseEntry?> change, CancellationToken cancellation, AuditCall? audit = null)
    {
        await _changing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var before = Find(key);
            if (change(before) is not { } after)
            {
                return before;
            }

            var changes = ChangesBetween(before, after) with { Audit = audit?.On(AuditSubjectKind.License, after.License.Id.ToString()).Done() };
            await _store.ChangeLicensesAsync(changes, CancellationToken.None).ConfigureAwait(false);
            Show(after, before);
            return after;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Forgets a license and its seats, if it is as it must be when its turn comes.</summary>
    /// <returns>Whether it was.</returns>
    public async ValueTask<bool> ForgetAsync(
        SubscriptionKeyHash key, Predicate<LicenseEntry> isOver, CancellationToken cancellation, AuditCall? audit = null)
    {
        await _changing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (Find(key) is not { } entry || !isOver(entry))
            {
                return false;
            }

            var changes = ChangesBetween(entry, entry with { Leases = entry.Leases.Clear() }) with
            {
                Forgotten = [entry.License.Id],
                Audit = audit?.On(AuditSubjectKind.License, entry.License.Id.ToString()).Done(),
            };
            await _store.ChangeLicensesAsync(changes, CancellationToken.None).ConfigureAwait(false);
            Show(entry with { Leases = entry.Leases.Clear() }, entry);
            Volatile.Write(ref _inOrder, _inOrder.Remove(entry.License.Id));
            _keys.TryRemove(entry.License.Id, out _);
            if (entry.License.IssuedBy is { } call)
            {
                _byRequest.TryRemove(call.RequestId, out _);
            }

            _byKey.TryRemove(key, out _);
            Interlocked.Increment(ref _version);
            return true;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Notes that seats were checked on a day; those that are gone by now are passed over.</summary>
    public async ValueTask RenewAsync(
        IReadOnlyCollection<(SubscriptionKeyHash Key, LicensedInstanceId Instance)> seats, DateOnly day)
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            var entries = new Dictionary<SubscriptionKeyHash, LicenseEntry>();
            var renewed = new List<LicenseLease>();
            foreach (var (key, instance) in seats)
            {
                if ((entries.GetValueOrDefault(key) ?? Find(key)) is { } entry
                    && entry.Leases.TryGetValue(instance, out var lease) && lease.LastCheckOn != day)
                {
                    lease = lease with { LastCheckOn = day };
                    renewed.Add(lease);
                    entries[key] = entry with { Leases = entry.Leases.SetItem(instance, lease) };
                }
            }

            if (renewed.Count > 0)
            {
                await _store.ChangeLicensesAsync(new LicenseChanges { Leases = renewed }, CancellationToken.None)
                    .ConfigureAwait(false);
            }

            foreach (var (key, entry) in entries)
            {
                _byKey[key] = entry;
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    public void Dispose() => _changing.Dispose();

    private static LicenseChanges ChangesBetween(LicenseEntry? before, LicenseEntry after) => new()
    {
        Licenses = before?.License == after.License ? [] : [after.License],
        Leases = [.. after.Leases.Values.Where(lease =>
            before is null || !before.Leases.TryGetValue(lease.Instance, out var old) || old != lease)],
        Released = before is null
            ? []
            : [.. before.Leases.Keys.Where(instance => !after.Leases.ContainsKey(instance))
                .Select(instance => (after.License.Id, instance))],
    };

    private void Show(LicenseEntry after, LicenseEntry? before = null)
    {
        var key = after.License.KeyHash;
        _byKey[key] = after;
        if (before is null)
        {
            _keys[after.License.Id] = key;
            if (after.License.IssuedBy is { } call)
            {
                _byRequest[call.RequestId] = key;
            }

            Volatile.Write(ref _inOrder, _inOrder.Add(after.License.Id));
            Interlocked.Exchange(ref _lastSequence, Math.Max(_lastSequence, after.License.Sequence));
        }

        if (before?.License != after.License)
        {
            Interlocked.Increment(ref _version);
        }

        foreach (var instance in after.Leases.Keys.Where(instance => before?.Leases.ContainsKey(instance) != true))
        {
            _byInstance.AddOrUpdate(instance, [key], (_, keys) => keys.Add(key));
        }

        foreach (var instance in (before?.Leases.Keys ?? []).Where(instance => !after.Leases.ContainsKey(instance)))
        {
            _byInstance.AddOrUpdate(instance, [], (_, keys) => keys.Remove(key));
        }
    }
}

/// <summary>A license and the seats that installations have under it, at one moment.</summary>
internal sealed record LicenseEntry(
    License License, ImmutableDictionary<LicensedInstanceId, LicenseLease> Leases);
