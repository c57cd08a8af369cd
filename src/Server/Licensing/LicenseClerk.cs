using System.Collections.Immutable;
using System.Security.Cryptography;
using Telemetry.Server.Audit;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;

namespace Telemetry.Server.Licensing;

/// <summary>Issues and changes licenses for the vendor. Every change is on disk when its task completes.</summary>
internal sealed class LicenseClerk(LicenseBook book, LicenseJudge judge, Pseudonyms pseudonyms, TimeProvider time)
{
    /// <summary>Issues a license under a key, once for the same call.</summary>
    /// <param name="order">What it covers.</param>
    /// <param name="key">The key in clear; nothing but its keyed hash and its mask outlives this.</param>
    /// <param name="call">By what its repetition is known; null when it cannot be repeated.</param>
    /// <param name="cancellation">Ends the waiting, not the change.</param>
    /// <param name="audit">Whose call it is, for the audit log.</param>
    public async ValueTask<IssueOutcome> IssueAsync(
        LicenseOrder order, string key, IssueCall? call, CancellationToken cancellation, AuditCall? audit = null)
    {
        var hash = pseudonyms.OfKey(LicenseKey.Canonical(key));
        IssueOutcome? refusal = null;
        var issued = await book.ChangeAsync(hash, before =>
        {
            // Decided here, where no other call can come between.
            if (call is { } known && book.FindIssued(known.RequestId) is { } earlier)
            {
                refusal = earlier.License.IssuedBy == call ? new IssueOutcome.Issued(earlier) : new IssueOutcome.RequestIdUsed();
            }
            else if (before is not null)
            {
                refusal = new IssueOutcome.KeyTaken();
            }

            return refusal is null
                ? new LicenseEntry(
                    LicenseOf(order, key, hash) with { IssuedBy = call },
                    ImmutableDictionary<LicensedInstanceId, LicenseLease>.Empty)
                : null;
        }, cancellation, audit).ConfigureAwait(false);
        return refusal ?? new IssueOutcome.Issued(issued!);
    }

    /// <summary>Changes what a license covers.</summary>
    /// <returns>The license as it is now; null when there is none.</returns>
    public async ValueTask<LicenseEntry?> ChangeAsync(
        LicenseId id, Func<License, License> change, CancellationToken cancellation, AuditCall? audit = null) =>
        book.Find(id) is { } entry
            ? await book.ChangeAsync(entry.License.KeyHash, current => Changed(current!, change), cancellation, audit)
                .ConfigureAwait(false)
            : null;

    /// <summary>Takes an installation's seat from it.</summary>
    /// <returns>Whether it had one; null when there is no such license.</returns>
    public async ValueTask<bool?> ReleaseAsync(
        LicenseId id, LicensedInstanceId instance, CancellationToken cancellation, AuditCall? audit = null)
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
        }, cancellation, audit).ConfigureAwait(false);
        return released;
    }

    /// <summary>Seats of a license, by pseudonym; lapsed ones are kept for a while, and count for nothing.</summary>
    public IReadOnlyList<(LicenseLease Lease, DateTimeOffset End)> SeatsOf(LicenseEntry entry, bool live = true)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return [.. entry.Leases.Values.Where(lease => !live || judge.IsLive(lease, today))
            .OrderBy(lease => lease.Instance.Value)
            .Select(lease => (lease, judge.EndOf(lease, today)))];
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
            Sequence = book.NextSequence,
            KeyHash = hash,
            KeyMask = LicenseKey.Mask(key),
            CustomerReference = order.CustomerReference,
            Edition = order.Edition,
            Apps = order.Apps,
            Limits = order.Limits,
            InstancesAllowed = order.InstancesAllowed,
            Overage = order.Overage,
            NotBefore = order.NotBefore,
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

/// <summary>What became of an order.</summary>
internal abstract record IssueOutcome
{
    /// <summary>This license was issued, now or by the same call before.</summary>
    internal sealed record Issued(LicenseEntry Entry) : IssueOutcome;

    /// <summary>Another license has the key.</summary>
    internal sealed record KeyTaken : IssueOutcome;

    /// <summary>The request id issued another order before.</summary>
    internal sealed record RequestIdUsed : IssueOutcome;
}
