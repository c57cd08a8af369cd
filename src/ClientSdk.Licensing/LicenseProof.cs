namespace Telemetry.Client.Licensing;

/// <summary>The server's signed word that a license covers this installation.</summary>
internal sealed record LicenseProof
{
    private const string Valid = "valid";
    private const string ValidInGrace = "valid_in_grace";
    private const int LicenseIdDigits = 16;
    private const int LongestEdition = 100;

    /// <summary>Longer than any server lets a proof hold.</summary>
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(400);

    /// <summary>The token as it came, to be verified again when it is read from a file.</summary>
    public required string Text { get; init; }

    /// <summary>The key that signed it.</summary>
    public required string KeyId { get; init; }

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public required string LicenseId { get; init; }

    /// <summary>By the server's clock, as all times here.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When to ask again.</summary>
    public required DateTimeOffset RefreshAfter { get; init; }

    /// <summary>It proves nothing from this moment on.</summary>
    public required DateTimeOffset Ends { get; init; }

    /// <summary>When the license expires, without grace; null: never.</summary>
    public DateTimeOffset? LicenseExpiresAt { get; init; }

    /// <summary>Whether the license was in its grace period already.</summary>
    public required bool InGrace { get; init; }

    public required string Edition { get; init; }

    public required IReadOnlyDictionary<string, ulong> Limits { get; init; }

    /// <param name="text">The token.</param>
    /// <param name="keys">The keys that may sign it.</param>
    /// <param name="subject">What it must be about.</param>
    /// <param name="nonce">The nonce that it must answer; null when it was received earlier and is read again.</param>
    public static Verified<LicenseProof> Verify(
        string text, SigningKeySet keys, LicenseSubject subject, string? nonce)
    {
        var token = TokenVerifier.Verify(text, TokenTypes.License, keys.Find);
        if (!token.Ok)
        {
            return Verified<LicenseProof>.Not(token.Problem);
        }

        var claims = token.Value;
        return subject.ProblemOf(claims, nonce) is { } problem
            ? Verified<LicenseProof>.Not(problem)
            : Read(text, claims) is { } proof ? proof : Verified<LicenseProof>.Not("it lacks what belongs into it");
    }

    private static LicenseProof? Read(string text, TokenClaims claims)
    {
        var expires = claims.Moment("expires_at");
        return claims.Moment("iat") is { } issued && claims.Moment("exp") is { } ends && ends > issued
            && ends - issued <= LongestLife
            && claims.Moment("refresh_after") is { } refresh
            && claims.Text("license") is { Length: LicenseIdDigits } license && license.All(char.IsAsciiHexDigitLower)
            && claims.Text("verdict") is Valid or ValidInGrace
            && claims.Text("edition") is { Length: <= LongestEdition } edition
            && claims.Numbers("limits") is { } limits
            && (expires is not null || !claims.Has("expires_at"))
                ? new LicenseProof
                {
                    Text = text,
                    KeyId = claims.KeyId,
                    LicenseId = license,
                    IssuedAt = issued,
                    RefreshAfter = refresh,
                    Ends = ends,
                    LicenseExpiresAt = expires,
                    InGrace = claims.Text("verdict") == ValidInGrace,
                    Edition = edition,
                    Limits = limits,
                }
                : null;
    }
}
