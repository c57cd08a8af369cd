using System.Buffers.Binary;
using System.Globalization;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;

namespace Telemetry.Server.Licensing;

/// <summary>Makes issuing repeatable: the same request id gets the same license and key, and no key is kept for that.</summary>
/// <remarks>
/// The key is derived from the server's secret and the request id. The id is kept as a keyed hash alone, so that data
/// directory and secret together give nobody a key; the caller who drew the id is the only one who has it.
/// </remarks>
internal sealed class IssueCalls(Pseudonyms pseudonyms)
{
    /// <summary>The new key of a call; another one each time when the call has no id.</summary>
    public string KeyFor(string requestId, string prefix) => requestId.Length == 0
        ? LicenseKey.Create(prefix)
        : LicenseKey.Create(prefix, pseudonyms.OfIssue("key", requestId));

    /// <summary>What a call is known by; null when it has no id.</summary>
    /// <param name="requestId">The id.</param>
    /// <param name="order">What it orders.</param>
    /// <param name="prefix">What the key begins with.</param>
    /// <param name="existingKey">The key sold before, empty when a new one is to be made.</param>
    public IssueCall? Of(string requestId, LicenseOrder order, string prefix, string existingKey) => requestId.Length == 0
        ? null
        : new IssueCall(
            Number(pseudonyms.OfIssue("request", requestId)),
            Number(pseudonyms.OfIssue("order", TextOf(order, prefix, LicenseKey.Canonical(existingKey)))));

    /// <summary>The same text however the request was encoded: maps and lists have no order on the wire.</summary>
    private static string TextOf(LicenseOrder order, string prefix, string existingKey) => string.Join(
        '\n',
        order.CustomerReference,
        order.Edition,
        string.Join(',', order.Apps.Order(StringComparer.Ordinal)),
        string.Join(',', order.Limits.OrderBy(limit => limit.Key, StringComparer.Ordinal)
            .Select(limit => string.Create(CultureInfo.InvariantCulture, $"{limit.Key}={limit.Value}"))),
        order.InstancesAllowed.ToString(CultureInfo.InvariantCulture),
        ((int)order.Overage).ToString(CultureInfo.InvariantCulture),
        order.NotBefore?.UtcTicks.ToString(CultureInfo.InvariantCulture),
        order.ExpiresAt?.UtcTicks.ToString(CultureInfo.InvariantCulture),
        order.Grace.Ticks.ToString(CultureInfo.InvariantCulture),
        prefix,
        existingKey);

    private static UInt128 Number(byte[] hash) => BinaryPrimitives.ReadUInt128BigEndian(hash);
}
