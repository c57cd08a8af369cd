using System.Security.Cryptography;

namespace Telemetry.Client.Licensing;

/// <summary>The vendor's root keys by their thumbprints: all trust begins here.</summary>
internal sealed class RootKeySet
{
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly Dictionary<string, VerificationKey> _keys = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">There is none, or one is not a public key on P-256 in PEM.</exception>
    public RootKeySet(IList<string> pems)
    {
        if (pems is not { Count: > 0 })
        {
            throw new ArgumentException("RootKeys must hold at least one key.", nameof(pems));
        }

        foreach (var pem in pems)
        {
            var key = Read(pem);
            _keys[key.Id] = key;
        }
    }

    public VerificationKey? Find(string keyId) => _keys.GetValueOrDefault(keyId);

    private static VerificationKey Read(string pem)
    {
        // A private root key in an app would be the end of it; better to notice now.
        if (!PemEncoding.TryFind(pem, out var fields) || !pem.AsSpan()[fields.Label].SequenceEqual("PUBLIC KEY"))
        {
            throw new ArgumentException("RootKeys must hold public keys in PEM (BEGIN PUBLIC KEY).", nameof(pem));
        }

        try
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportFromPem(pem);
            var parameters = ecdsa.ExportParameters(includePrivateParameters: false);
            if (parameters.Curve.Oid.Value != P256)
            {
                throw new ArgumentException("RootKeys must be on the curve P-256.", nameof(pem));
            }

            return VerificationKey.Of(parameters);
        }
        catch (CryptographicException e)
        {
            throw new ArgumentException("RootKeys holds a key that cannot be read: " + e.Message, nameof(pem), e);
        }
    }
}
