using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Telemetry.Contracts.Rules;
using Telemetry.Server.Model;

namespace Telemetry.Server.Privacy;

/// <summary>Computes pseudonyms: HMAC-SHA-256 (RFC 2104) of the reported hash under the server's secret.</summary>
/// <remarks>
/// A plain hash of a public URL can be reversed by trying URLs; a keyed one cannot without the secret. Every purpose
/// has a key of its own, derived under a label, so that pseudonyms of different purposes cannot be joined.
/// </remarks>
internal sealed class Pseudonyms : IDisposable
{
    private const int MaxText = 256;
    private const int AuditedBytes = 16;

    /// <summary>Keyed once per thread: setting up a key costs several times what hashing a report's few bytes does.</summary>
    private readonly ThreadLocal<IncrementalHash> _instances;

    private readonly ThreadLocal<IncrementalHash> _subscriptionKeys;

    private readonly ThreadLocal<IncrementalHash> _licensedInstances;

    private readonly ThreadLocal<IncrementalHash> _contents;

    private readonly ThreadLocal<IncrementalHash> _owners;

    private readonly byte[] _issuing;

    private readonly byte[] _auditing;

    private readonly byte[] _tombstones;

    private readonly byte[] _erasedOwners;

    public Pseudonyms(byte[] secret)
    {
        _instances = Keyed(secret, "telemetry instance"u8);
        _subscriptionKeys = Keyed(secret, "subscription key"u8);
        _licensedInstances = Keyed(secret, "licensed instance"u8);
        _contents = Keyed(secret, "report content"u8);
        _owners = Keyed(secret, "owner of an instance"u8);
        _issuing = HMACSHA256.HashData(secret, "license issue"u8);
        _auditing = HMACSHA256.HashData(secret, "audit log"u8);
        _tombstones = HMACSHA256.HashData(secret, "erased instance"u8);
        _erasedOwners = HMACSHA256.HashData(secret, "owner of an erased instance"u8);
        using var check = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        check.AppendData("secret check"u8);
        SecretCheck = BitConverter.ToInt64(check.GetHashAndReset());
    }

    /// <summary>By which a store knows the secret under which its reports are; tells nothing of the secret itself.</summary>
    public long SecretCheck { get; }

    /// <param name="instanceHash">64 lower-case hexadecimal digits, already checked.</param>
    public InstanceId Of(string instanceHash)
    {
        Span<byte> pseudonym = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(_instances.Value!, instanceHash, pseudonym);
        return InstanceId.Read(pseudonym);
    }

    /// <summary>The same installation as its license knows it; cannot be joined with <see cref="Of"/>.</summary>
    /// <param name="instanceHash">64 lower-case hexadecimal digits, already checked.</param>
    public LicensedInstanceId OfLicensed(string instanceHash)
    {
        Span<byte> pseudonym = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(_licensedInstances.Value!, instanceHash, pseudonym);
        return LicensedInstanceId.Read(pseudonym);
    }

    /// <summary>The keyed hash of a subscription key: what the key is compared by, and all that outlives the call.</summary>
    public SubscriptionKeyHash OfKey(string subscriptionKey)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(_subscriptionKeys.Value!, subscriptionKey, hash);
        return SubscriptionKeyHash.Read(hash);
    }

    /// <summary>The installation as the audit log knows it, for ever: 32 hexadecimal digits that nothing else has, so that one which is erased leaves none behind.</summary>
    public string OfAudited(InstanceId instance) => OfAudited(instance.ToString());

    /// <inheritdoc cref="OfAudited(InstanceId)"/>
    public string OfAudited(LicensedInstanceId instance) => OfAudited(instance.ToString());

    /// <summary>By which one that was erased is known again in an older backup; nothing else has it, and it leads to nobody.</summary>
    public UInt128 Tombstone(InstanceId instance, string app) => TombstoneOf(instance + " " + app);

    /// <inheritdoc cref="Tombstone(InstanceId, string)"/>
    public UInt128 Tombstone(LicensedInstanceId instance) => TombstoneOf("seats of " + instance);

    private UInt128 TombstoneOf(string text) => BinaryPrimitives.ReadUInt128LittleEndian(HMACSHA256.HashData(_tombstones, Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// What an installation's ownership secret is compared by, and all that is kept of it; never 0, which stands for none. It is of
    /// this installation and app alone: the same secret elsewhere is something else.
    /// </summary>
    /// <remarks>64 bits: whoever tries secrets does so here, under a limit, and without the server's secret nowhere else.</remarks>
    public ulong OfOwner(InstanceId instance, string app, ReadOnlySpan<byte> ownershipSecret)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> text = stackalloc byte[AppSlug.MaxLength];
        instance.Write(hash);
        var owners = _owners.Value!;
        owners.AppendData(hash[..InstanceId.Size]);
        owners.AppendData(ownershipSecret);
        owners.AppendData(text[..Encoding.ASCII.GetBytes(app, text)]);
        owners.GetHashAndReset(hash);
        return Math.Max(1, BinaryPrimitives.ReadUInt64LittleEndian(hash));
    }

    /// <summary>What an erasure keeps of the owner's hash: cannot be joined with the hash itself, which older backups have.</summary>
    public ulong OfErasedOwner(ulong owner)
    {
        if (owner == 0)
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, owner);
        return Math.Max(1, BinaryPrimitives.ReadUInt64LittleEndian(HMACSHA256.HashData(_erasedOwners, bytes)));
    }

    private string OfAudited(string pseudonym) => Convert.ToHexStringLower(HMACSHA256.HashData(_auditing, Encoding.UTF8.GetBytes(pseudonym)).AsSpan(0, AuditedBytes));

    /// <summary>32 bytes that stand for a call that issues a license, different for each purpose.</summary>
    public byte[] OfIssue(string purpose, string text) =>
        HMACSHA256.HashData(_issuing, Encoding.UTF8.GetBytes(purpose + "\n" + text));

    /// <summary>
    /// What a report's bytes are recognized by. Their plain hash must not be kept: all of a report but the installation
    /// is stored, so whoever has the store could try URLs until the hash fits.
    /// </summary>
    /// <param name="sha256">SHA-256 of the bytes.</param>
    public ulong OfContent(ReadOnlySpan<byte> sha256)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var contents = _contents.Value!;
        contents.AppendData(sha256);
        contents.GetHashAndReset(hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>
    /// The pseudonym of the installation at a URL, normalized as the reporters do it: trailing slashes stripped, lower
    /// case, then SHA-256 in lower-case hexadecimal digits.
    /// </summary>
    public InstanceId OfUrl(string url) => Of(HashOfUrl(url));

    /// <inheritdoc cref="OfUrl"/>
    public LicensedInstanceId OfLicensedUrl(string url) => OfLicensed(HashOfUrl(url));

    public void Dispose()
    {
        Dispose(_instances);
        Dispose(_subscriptionKeys);
        Dispose(_licensedInstances);
        Dispose(_contents);
        Dispose(_owners);
    }

    /// <summary>What an installation at a URL reports.</summary>
    public static string HashOfUrl(string url) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(url.TrimEnd('/').ToLowerInvariant())));

    private static void Hash(IncrementalHash hash, string text, Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[MaxText];
        var length = Encoding.UTF8.GetMaxByteCount(text.Length);
        hash.AppendData(length <= MaxText ? bytes[..Encoding.UTF8.GetBytes(text, bytes)] : Encoding.UTF8.GetBytes(text));
        hash.GetHashAndReset(destination);
    }

    private static ThreadLocal<IncrementalHash> Keyed(byte[] secret, ReadOnlySpan<byte> label)
    {
        var key = HMACSHA256.HashData(secret, label);
        return new(() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key), trackAllValues: true);
    }

    private static void Dispose(ThreadLocal<IncrementalHash> hashes)
    {
        foreach (var hash in hashes.Values)
        {
            hash.Dispose();
        }

        hashes.Dispose();
    }
}
