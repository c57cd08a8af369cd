using System.Security.Cryptography;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;
using RpcStatus = Google.Rpc.Status;

namespace Telemetry.Server.Access;

/// <summary>Knows all tokens: which secret is good, and whether a grant still is.</summary>
/// <remarks>Threading: any. Changes come one at a time, from <see cref="TokenClerk"/> and from the first use of a day.</remarks>
internal sealed class TokenBook(ITelemetryStore store, TimeProvider time) : IDisposable
{
    /// <summary>Longest time between two looks at the clock, which may be set.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _changing = new(1);
    private readonly CommitSignal _changed = new();

    public IReadOnlyList<AccessToken> All => store.Tokens;

    public bool HasActiveOwner => All.Any(token => token.Scopes.HasFlag(Scopes.Owner) && token.IsActive(time.GetUtcNow()));

    /// <returns>What the secret allows; else why it does not, and whether nobody here ever had it.</returns>
    public (Grant? Grant, RpcStatus? Refusal, bool IsGuess) Find(string secret)
    {
        var hash = TokenSecret.Hash(secret);
        var (token, refusal, _) = Judge(hash);
        if (refusal is not null || token is null)
        {
            return (null, refusal, token is null);
        }

        if (token.LastUsedOn != Today)
        {
            _ = NoteUseAsync(token.Id);
        }

        return (new Grant
        {
            Name = token.Name,
            Scopes = token.Scopes,
            Apps = token.Apps,
            ExpiresAt = token.ExpiresAt,
            Token = token.Id,
            SecretHash = hash,
        }, null, false);
    }

    /// <summary>Completes when a grant ends, with the refusal that says why.</summary>
    public async Task<RpcStatus> OverAsync(Grant grant, CancellationToken cancellation)
    {
        while (true)
        {
            // The signal is taken before the look, so that a change in between is not missed.
            var next = _changed.Next();
            var (refusal, end) = Judge(grant);
            if (refusal is not null)
            {
                return refusal;
            }

            var rest = end is { } at && at - time.GetUtcNow() is var left && left < Look ? left : Look;
            await next.WaitAsync(rest > TimeSpan.Zero ? rest : TimeSpan.FromMilliseconds(1), time, cancellation)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Changes tokens; when the task completes, it is on disk and holds.</summary>
    /// <param name="change">Makes of all tokens those to keep as they are from now on, and those to drop.</param>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public async Task ChangeAsync(Func<IReadOnlyList<AccessToken>, TokenChanges> change)
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            var changes = change(All);
            if (changes.Kept.Count > 0)
            {
                await store.ChangeTokensAsync(
                    changes with { Kept = [.. changes.Kept.Select(token => token with { Revision = token.Revision + 1 })] }, CancellationToken.None)
                    .ConfigureAwait(false);
            }
        }
        finally
        {
            _changing.Release();
        }

        _changed.Raise();
    }

    public void Dispose() => _changing.Dispose();

    private int Today => UtcDay.Of(time.GetUtcNow());

    private (RpcStatus? Refusal, DateTimeOffset? End) Judge(Grant grant)
    {
        if (grant.Token is not null)
        {
            var (_, refusal, end) = Judge(grant.SecretHash.Span);
            return (refusal, end);
        }

        return (grant.ExpiresAt is { } at && at <= time.GetUtcNow() ? RpcErrors.TokenExpired(at) : null, grant.ExpiresAt);
    }

    private (AccessToken? Token, RpcStatus? Refusal, DateTimeOffset? End) Judge(ReadOnlySpan<byte> hash)
    {
        AccessToken? found = null;
        var isEarlier = false;
        foreach (var token in All)
        {
            // No early exit: how long it takes must not tell which token came close.
            if (CryptographicOperations.FixedTimeEquals(hash, token.Hash.Span))
            {
                (found, isEarlier) = (token, false);
            }

            if (CryptographicOperations.FixedTimeEquals(hash, token.EarlierHash.Span))
            {
                (found, isEarlier) = (token, true);
            }
        }

        var now = time.GetUtcNow();
        return found switch
        {
            null => (null, RpcErrors.TokenUnknown(), null),
            { RevokedAt: { } at } => (found, RpcErrors.TokenRevoked(at), null),
            { ExpiresAt: { } at } when at <= now => (found, RpcErrors.TokenExpired(at), null),
            _ when isEarlier && !(found.EarlierUntil > now) => (found, RpcErrors.TokenReplaced(), null),
            _ => (found, null, isEarlier && !(found.EarlierUntil > found.ExpiresAt) ? found.EarlierUntil : found.ExpiresAt),
        };
    }

    private async Task NoteUseAsync(TokenId id)
    {
        try
        {
            var today = Today;
            await ChangeAsync(tokens => new TokenChanges(
                [.. tokens.Where(token => token.Id == id && token.LastUsedOn != today).Select(token => token with { LastUsedOn = today })], []))
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreUnavailableException or ObjectDisposedException)
        {
            // The next use is noted instead.
        }
    }
}
