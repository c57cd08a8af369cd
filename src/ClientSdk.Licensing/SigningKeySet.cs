namespace Telemetry.Client.Licensing;

/// <summary>The keys under which the server signs, vouched for by a root key.</summary>
internal sealed class SigningKeySet
{
    private readonly Dictionary<string, VerificationKey> _keys;

    private SigningKeySet(string text, DateTimeOffset issuedAt, DateTimeOffset expiresAt, Dictionary<string, VerificationKey> keys)
    {
        Text = text;
        IssuedAt = issuedAt;
        ExpiresAt = expiresAt;
        _keys = keys;
    }

    /// <summary>The token as it came, to be verified again when it is read from a file.</summary>
    public string Text { get; }

    public DateTimeOffset IssuedAt { get; }

    /// <summary>
    /// From then on no new answer is believed by these keys. A proof that was received before holds: its own end counts.
    /// </summary>
    public DateTimeOffset ExpiresAt { get; }

    public VerificationKey? Find(string keyId) => _keys.GetValueOrDefault(keyId);

    public static Verified<SigningKeySet> Verify(string text, RootKeySet roots)
    {
        var token = TokenVerifier.Verify(text, TokenTypes.Keys, roots.Find);
        if (!token.Ok)
        {
            return Verified<SigningKeySet>.Not(token.Problem);
        }

        if (token.Value.Moment("iat") is not { } issued || token.Value.Moment("exp") is not { } expires
            || !token.Value.Has("keys"))
        {
            return Verified<SigningKeySet>.Not("it lacks what belongs into it");
        }

        return token.Value.Keys("keys") is { } keys
            ? new SigningKeySet(text, issued, expires, keys.DistinctBy(key => key.Id).ToDictionary(key => key.Id, StringComparer.Ordinal))
            : Verified<SigningKeySet>.Not("it holds a key of another kind");
    }
}
