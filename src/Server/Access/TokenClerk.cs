using System.Buffers.Binary;
using System.Security.Cryptography;
using Telemetry.Server.Audit;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Access;

/// <summary>What somebody wants a token for.</summary>
internal sealed record TokenOrder(string Name, Scopes Scopes, IReadOnlyList<string> Apps, DateTimeOffset? ExpiresAt);

/// <summary>What came of a change.</summary>
internal enum TokenOutcome
{
    Done,
    NotFound,
    NameTaken,
    Revoked,
    LastOwner,
    TooMany,
}

/// <summary>Makes, rotates and revokes tokens.</summary>
internal sealed class TokenClerk(TokenBook book, TimeProvider time)
{
    public const int MaxTokens = 1_000;

    private const string StartName = "owner";

    /// <summary>How long tokens that count no longer are listed.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(90);

    /// <summary>When the newest owner token was made at a start that nobody ever used, while no owner token was; null otherwise.</summary>
    public DateTimeOffset? NeverUsedSince =>
        Owners is { Count: > 0 } owners && owners.All(token => token.LastUsedOn is null) ? owners.Max(token => token.CreatedAt) : null;

    /// <summary>Whether there ever was an owner.</summary>
    public bool HadOwner => Owners.Count > 0;

    private List<AccessToken> Owners => [.. book.All.Where(token => token.Scopes.HasFlag(Scopes.Owner))];

    /// <summary>Makes an owner token good, once it was shown. Those of earlier starts that were never used are void from then on.</summary>
    /// <remarks>
    /// Making and keeping are two steps, with the showing between them: a token that nobody saw must not exist, or the next
    /// start would believe that somebody has one.
    /// </remarks>
    /// <exception cref="StoreUnavailableException">It is not good.</exception>
    public Task KeepOwnerAsync(string secret) => book.ChangeAsync(tokens =>
    {
        var unseen = tokens.Where(token => token is { MadeAtStart: true, LastUsedOn: null }).Select(token => token.Id).ToList();
        var names = tokens.Where(token => token.RevokedAt is null && !unseen.Contains(token.Id)).Select(token => token.Name).ToHashSet(StringComparer.Ordinal);
        var name = Enumerable.Range(2, MaxTokens).Select(number => FormattableString.Invariant($"{StartName}-{number}"))
            .Prepend(StartName).First(name => !names.Contains(name));
        var token = Make(new TokenOrder(name, Scopes.Owner, [], null), secret) with { MadeAtStart = true };
        return new TokenChanges([token], unseen) { Audit = AuditCall.OfServer("Access.MakeOwner", "start", time).On(AuditSubjectKind.Token, token.Id.ToString()).Done() };
    });

    public async Task<(TokenOutcome Outcome, AccessToken? Token)> CreateAsync(TokenOrder order, string secret, AuditCall audit)
    {
        var outcome = TokenOutcome.Done;
        AccessToken? made = null;
        await book.ChangeAsync(tokens =>
        {
            var forgotten = tokens.Where(IsForgotten).Select(token => token.Id).ToList();
            outcome = tokens.Any(token => token.RevokedAt is null && token.Name == order.Name) ? TokenOutcome.NameTaken
                : tokens.Count - forgotten.Count >= MaxTokens ? TokenOutcome.TooMany
                : TokenOutcome.Done;
            made = outcome == TokenOutcome.Done ? Make(order, secret) : null;
            return made is null ? TokenChanges.None : new TokenChanges([made], forgotten) { Audit = audit.On(AuditSubjectKind.Token, made.Id.ToString()).Done() };
        }).ConfigureAwait(false);
        return (outcome, made);
    }

    /// <param name="id">Which token.</param>
    /// <param name="secret">Its new secret.</param>
    /// <param name="overlap">How long the one before stays good.</param>
    /// <param name="expiresAt">When it ends; null for as long from now as it was made for.</param>
    /// <param name="audit">Whose call it is.</param>
    public Task<(TokenOutcome Outcome, AccessToken? Token)> RotateAsync(TokenId id, string secret, TimeSpan overlap, DateTimeOffset? expiresAt, AuditCall audit) =>
        ChangeAsync(id, audit, (token, _) => token.RevokedAt is not null ? (TokenOutcome.Revoked, token) : (TokenOutcome.Done, token with
        {
            Hash = TokenSecret.Hash(secret),
            EarlierHash = token.Hash,
            // One that has expired stays so: nobody may come in by it again.
            EarlierUntil = token.IsActive(Now) ? Now + overlap : Now,
            RotatedAt = Now,
            ExpiresAt = expiresAt ?? (token.ExpiresAt is { } end ? Now + (end - (token.RotatedAt ?? token.CreatedAt)) : null),
        }));

    public Task<(TokenOutcome Outcome, AccessToken? Token)> RevokeAsync(TokenId id, AuditCall audit) => ChangeAsync(id, audit, (token, tokens) =>
        token.RevokedAt is not null ? (TokenOutcome.Done, token)
        : token.Scopes.HasFlag(Scopes.Owner) && !tokens.Any(other => other.Id != id && other.Scopes.HasFlag(Scopes.Owner) && other.IsActive(Now))
            ? (TokenOutcome.LastOwner, token)
            : (TokenOutcome.Done, token with { RevokedAt = Now }));

    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private async Task<(TokenOutcome Outcome, AccessToken? Token)> ChangeAsync(
        TokenId id, AuditCall audit, Func<AccessToken, IReadOnlyList<AccessToken>, (TokenOutcome Outcome, AccessToken Token)> change)
    {
        (TokenOutcome Outcome, AccessToken? Token) changed = (TokenOutcome.NotFound, null);
        await book.ChangeAsync(tokens =>
        {
            if (tokens.FirstOrDefault(token => token.Id == id) is not { } token)
            {
                return TokenChanges.None;
            }

            audit.On(AuditSubjectKind.Token, id.ToString());
            changed = change(token, tokens);
            return changed.Token == token ? TokenChanges.None : new TokenChanges([changed.Token!], []) { Audit = audit.Done() };
        }).ConfigureAwait(false);
        return changed;
    }

    private AccessToken Make(TokenOrder order, string secret) => new()
    {
        Id = new TokenId(BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)))),
        Name = order.Name,
        Scopes = order.Scopes,
        Apps = order.Apps,
        Hash = TokenSecret.Hash(secret),
        CreatedAt = Now,
        ExpiresAt = order.ExpiresAt,
    };

    private bool IsForgotten(AccessToken token) => (token.RevokedAt ?? token.ExpiresAt) is { } end && end + Remembered <= Now;
}
