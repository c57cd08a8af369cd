using System.Collections.Immutable;
using System.Security.Cryptography;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;

namespace Telemetry.Server.Licensing;

/// <summary>Issues and changes licenses for the vendor. Every change is on disk when its task completes.</summary>
internal sealed class LicenseClerk(LicenseBook book, LicenseJudge judge, Pseudonyms pseudonyms, TimeProvider time)
{
    /// <summary>Issues a license under a key.</summary>
    /// <param name="order">What it covers.</param>
    /// <param name="key">The key in clear; nothing but its keyed hash and its mask outlives the call.</param>
    /// <param name="cancellation">Ends the waiting, not the change.</param>
    /// <returns>The license; null when another one has this key.</returns>
    public async ValueTask<LicenseEntry?> IssueAsync(LicenseOrder order, string key, CancellationToken cancellation)
    {
        var hash = pseudonyms.OfKey(LicenseKey.Canonical(key));
        var taken = false;
        var issued = await book.ChangeAsync(hash, before =>
        {
            taken = before is not null;
            return taken ? null : new LicenseEntry(LicenseOf(order, key, hash), ImmutableDictionary<LicensedInstanceId, LicenseLease>.Empty);
        }, cancellation).ConfigureAwait(false);
        return taken ? null : issued;
    }

    /// <summary>Changes what a license covers.</summary>
    /// <returns>The license as it is now; null when there is none.</returns>
    public async ValueTask<LicenseEntry?> ChangeAsync(
        LicenseId id, Func<License, License> change, CancellationToken cancellation) =>
        book.Find(id) is { } entry
            ? await book.ChangeAsync(entry.License.KeyHash, current => Changed(current!, change), cancellation)
                .ConfigureAwait(false)
            : null;

    /// <summary>Takes an installation's seat from it.</summary>
    /// <returns>Whether it had one; null when there is no such license.</returns>
    public async ValueTask<bool?> ReleaseAsync(
        LicenseId id, LicensedInstanceId instance, CancellationToken cancellation)
    {
        if (book.Find(id) is not { } entry)
        {
            return null;
        }

        var released = false;
        await book.ChangeAsync(entry.License.KeyHash, current =>
        {
            released = current!.Leases.ContainsKey(instance);
            return released ? current with { Leases = current.Leases.Remove(instance) } : null;
        }, cancellation).ConfigureAwait(false);
        return released;
    }

    /// <summary>Live seats of a license, by pseudonym.</summary>
    public IReadOnlyList<(LicenseLease Lease, DateTimeOffset End)> SeatsOf(LicenseEntry entry)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return [.. entry.Leases.Values.Where(lease => judge.IsLive(lease, today))
            .OrderBy(lease => lease.Instance.Value)
            .Select(lease => (lease, judge.EndOf(lease)))];
    }

    private LicenseEntry? Changed(LicenseEntry current, Func<License, License> change)
    {
        var changed = change(current.License);
        return changed == current.License ? null : current with { License = changed with { ChangedAt = Now() } };
    }

    private License LicenseOf(LicenseOrder order, string key, SubscriptionKeyHash hash)
    {
        var now = Now();
        return new License
        {
            Id = NewId(),
            Sequence = book.Count + 1,
            KeyHash = hash,
            KeyMask = LicenseKey.Mask(key),
            CustomerReference = order.CustomerReference,
            Edition = order.Edition,
            Apps = order.Apps,
            Limits = order.Limits,
            InstancesAllowed = order.InstancesAllowed,
            Overage = order.Overage,
            NotBefore = order.NotBefore ?? now,
            ExpiresAt = order.ExpiresAt,
            Grace = order.Grace,
            State = LicenseState.Active,
            IssuedAt = now,
            ChangedAt = now,
        };
    }

    private LicenseId NewId()
    {
        LicenseId id;
        do
        {
            id = new LicenseId(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(LicenseId.Size)));
        }
        while (book.Find(id) is not null);
        return id;
    }

    /// <summary>Stored in whole milliseconds, so shown so from the start.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
