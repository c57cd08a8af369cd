using System.Buffers.Binary;
using System.Globalization;

namespace Telemetry.Client.Licensing;

/// <summary>The licenses that the vendor withdrew, as of a moment.</summary>
internal sealed class RevocationList
{
    private const int IdBytes = sizeof(ulong);

    private readonly ulong[] _ids;

    private RevocationList(string text, string keyId, DateTimeOffset issuedAt, DateTimeOffset expiresAt, ulong[] ids)
    {
        Text = text;
        KeyId = keyId;
        IssuedAt = issuedAt;
        ExpiresAt = expiresAt;
        _ids = ids;
    }

    /// <summary>The token as it came, to be verified again when it is read from a file.</summary>
    public string Text { get; }

    public string KeyId { get; }

    public DateTimeOffset IssuedAt { get; }

    /// <summary>From then on it is not accepted any more; one that was accepted before goes on counting.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>
    /// Whether it withdraws the license behind a proof. A proof from after the list counts more: a license that was
    /// suspended may be back.
    /// </summary>
    public bool Revokes(LicenseProof proof) =>
        IssuedAt >= proof.IssuedAt
        && Array.BinarySearch(_ids, ulong.Parse(proof.LicenseId, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)) >= 0;

    public static Verified<RevocationList> Verify(string text, SigningKeySet keys)
    {
        var token = TokenVerifier.Verify(text, TokenTypes.Revocations, keys.Find);
        if (!token.Ok)
        {
            return Verified<RevocationList>.Not(token.Problem);
        }

        return token.Value.Moment("iat") is { } issued && token.Value.Moment("exp") is { } expires
            && token.Value.Bytes("revoked") is { } bytes && Read(bytes) is { } ids
                ? new RevocationList(text, token.Value.KeyId, issued, expires, ids)
                : Verified<RevocationList>.Not("it lacks what belongs into it");
    }

    /// <summary>Null unless the ids are whole and in ascending order, which the search depends on.</summary>
    private static ulong[]? Read(byte[] bytes)
    {
        if (bytes.Length % IdBytes != 0)
        {
            return null;
        }

        var ids = new ulong[bytes.Length / IdBytes];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(i * IdBytes));
            if (i > 0 && ids[i] <= ids[i - 1])
            {
                return null;
            }
        }

        return ids;
    }
}
