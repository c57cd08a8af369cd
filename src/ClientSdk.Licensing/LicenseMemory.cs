namespace Telemetry.Client.Licensing;

/// <summary>Everything that a client knows. What is in here was verified before it came in.</summary>
/// <remarks>
/// Time is the server's as far as it is known: this machine's clock, corrected by the difference found at the last
/// successful check. It never runs backwards.
/// </remarks>
internal sealed record LicenseMemory
{
    public static readonly LicenseMemory Empty = new();

    /// <summary>What is dated later than this from now was dated by a wrong clock.</summary>
    private static readonly TimeSpan Future = TimeSpan.FromDays(1);

    /// <summary>Null: there was none, or the server refused since.</summary>
    public LicenseProof? Proof { get; init; }

    public SigningKeySet? Keys { get; init; }

    public RevocationList? Revocations { get; init; }

    /// <summary>Set when the server's latest definite answer was a no.</summary>
    public LicenseRefusal? Refusal { get; init; }

    /// <summary>Whether the installation gave its seat up, and no check has succeeded since.</summary>
    public bool Released { get; init; }

    /// <summary>The latest time ever seen; null: none yet.</summary>
    public DateTimeOffset? LatestTime { get; init; }

    /// <summary>Whether the clock was seen to go back since the last successful check.</summary>
    public bool ClockWentBack { get; init; }

    /// <summary>What to add to this machine's clock, see <see cref="ClockCorrection"/>.</summary>
    public TimeSpan Correction { get; init; }

    /// <summary>When the server last gave a definite answer.</summary>
    public DateTimeOffset? LastCheckedAt { get; init; }

    /// <summary>What became of the latest check; null when it brought a definite answer. Not kept over restarts.</summary>
    public LicenseCheckFailure? Failure { get; init; }

    /// <summary>What time it is when this machine's clock shows <paramref name="now"/>.</summary>
    public DateTimeOffset TimeAt(DateTimeOffset now) =>
        LatestTime is { } latest && latest > now + Correction ? latest : now + Correction;

    public bool IsClockBackAt(DateTimeOffset now, TimeSpan tolerance) =>
        ClockWentBack || (LatestTime is { } latest && now + Correction + tolerance < latest);

    /// <summary>Remembers that the clock showed <paramref name="now"/>.</summary>
    public LicenseMemory Seen(DateTimeOffset now, TimeSpan tolerance)
    {
        var (time, back) = (TimeAt(now), IsClockBackAt(now, tolerance));
        return time == LatestTime && back == ClockWentBack ? this : this with { LatestTime = time, ClockWentBack = back };
    }

    /// <summary>Takes a yes: it replaces any earlier answer and says what time it is.</summary>
    public LicenseMemory Accept(LicenseProof proof, TimeSpan correction, DateTimeOffset received)
    {
        var time = received + correction > proof.IssuedAt ? received + correction : proof.IssuedAt;
        return this with
        {
            Proof = proof,
            Refusal = null,
            Released = false,
            Failure = null,
            Correction = correction,
            ClockWentBack = false,
            LatestTime = time,
            LastCheckedAt = time,
        };
    }

    /// <summary>
    /// Takes a no: it replaces any earlier answer. There is no proof left whose end a clock could move, so what was
    /// seen of the clock is forgotten: one that was years ahead for a moment must not put off the next check for years.
    /// </summary>
    public LicenseMemory Accept(LicenseRefusal refusal, DateTimeOffset received) => this with
    {
        Proof = null,
        Refusal = refusal,
        Released = false,
        Failure = null,
        Correction = TimeSpan.Zero,
        ClockWentBack = false,
        LatestTime = received,
        LastCheckedAt = received,
    };

    /// <summary>Notes that the seat is given up: whatever was known of the license no longer holds here.</summary>
    public LicenseMemory Release(DateTimeOffset received) => this with
    {
        Proof = null,
        Refusal = null,
        Released = true,
        Failure = null,
        Correction = TimeSpan.Zero,
        ClockWentBack = false,
        LatestTime = received,
    };

    /// <summary>
    /// Takes newer keys; older ones are let go by, unless those at hand are from the future: they were made while the
    /// server's clock was wrong, and would keep all others out until then. What was signed by a key that they no longer name, because it was
    /// withdrawn, counts no more.
    /// </summary>
    public LicenseMemory Accept(SigningKeySet keys, DateTimeOffset received) =>
        Keys is { } known && known.IssuedAt > keys.IssuedAt && known.IssuedAt <= received + Future
            ? this
            : this with
            {
                Keys = keys,
                Proof = Proof is { } proof && keys.Find(proof.KeyId) is not null ? proof : null,
                Revocations = Revocations is { } list && keys.Find(list.KeyId) is not null ? list : null,
            };

    /// <summary>Takes a newer list; an older one is let go by, unless the one at hand is from the future.</summary>
    public LicenseMemory Accept(RevocationList list, DateTimeOffset received) =>
        Revocations is { } known && known.IssuedAt > list.IssuedAt && known.IssuedAt <= received + Future
            ? this
            : this with { Revocations = list };
}
