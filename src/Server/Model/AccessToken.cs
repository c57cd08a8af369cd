using System.Globalization;

namespace Telemetry.Server.Model;

/// <summary>What a token is good for; the contract counts them 1, 2, 3 ...</summary>
[Flags]
internal enum Scopes
{
    None = 0,
    Live = 1,
    Read = 1 << 1,
    Licenses = 1 << 2,
    Privacy = 1 << 3,

    /// <summary>Everything, and managing tokens and apps.</summary>
    Owner = 1 << 4,
}

/// <summary>Names a token where its secret must not stand.</summary>
internal readonly record struct TokenId(ulong Value)
{
    private const int Digits = 16;

    public static TokenId? Parse(string text) =>
        text.Length == Digits && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? new TokenId(value)
            : null;

    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}

/// <summary>A token as it is kept: never its secret. Moments are UTC, in whole milliseconds.</summary>
internal sealed record AccessToken
{
    public required TokenId Id { get; init; }

    public required string Name { get; init; }

    public required Scopes Scopes { get; init; }

    /// <summary>Slugs of the apps that it is limited to; none for all apps.</summary>
    public IReadOnlyList<string> Apps { get; init; } = [];

    /// <summary>SHA-256 of the secret. Enough without salt: a secret has 256 random bits.</summary>
    public required ReadOnlyMemory<byte> Hash { get; init; }

    /// <summary>Of the secret before the last rotation; empty when there is none.</summary>
    public ReadOnlyMemory<byte> EarlierHash { get; init; }

    /// <summary>When that one ends.</summary>
    public DateTimeOffset? EarlierUntil { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RotatedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The <see cref="UtcDay"/> of the last use; null when a call never carried it.</summary>
    public int? LastUsedOn { get; init; }

    /// <summary>Whether the server made and showed it when it was started.</summary>
    public bool MadeAtStart { get; init; }

    /// <summary>Grows with each change.</summary>
    public int Revision { get; init; }

    public bool IsActive(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);
}
