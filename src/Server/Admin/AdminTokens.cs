using System.Security.Cryptography;
using System.Text;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Admin;

/// <summary>Makes and knows admin tokens. A token is shown once, when it is made; only its hash is kept.</summary>
/// <remarks>
/// Making and keeping are two steps, with the showing between them: a token that nobody saw must not exist, or the next
/// start would believe that somebody has one. Threading: any.
/// </remarks>
internal sealed class AdminTokens(ITelemetryStore store, TimeProvider time) : IAdminTokenVerifier, IDisposable
{
    /// <summary>Says what it is wherever it turns up, e.g. in a secret scanner.</summary>
    private const string Prefix = "tlm_";

    private const int RandomBytes = 32;

    private readonly SemaphoreSlim _changing = new(1);

    /// <summary>When the newest token was made that nobody ever used, while no token was; null otherwise.</summary>
    public DateTimeOffset? NeverUsedSince =>
        store.AdminTokens is { Count: > 0 } tokens && !tokens.Any(token => token.Used) ? tokens.Max(token => token.CreatedAt) : null;

    public bool Any => store.AdminTokens.Count > 0;

    /// <summary>Makes a token, which is good for nothing until it is kept.</summary>
    public static string Make() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>Makes a token good, once it was shown. Those that were never used are void from then on.</summary>
    /// <exception cref="StoreUnavailableException">It is not good.</exception>
    public Task KeepAsync(string token) => ChangeAsync(tokens =>
        [.. tokens.Where(other => other.Used), new AdminTokenRecord(Hash(token), time.GetUtcNow(), Used: false)]);

    public bool IsKnown(string token)
    {
        var hash = Hash(token);
        AdminTokenRecord? found = null;
        foreach (var record in store.AdminTokens)
        {
            // No early exit: how long it takes must not tell which token came close.
            if (CryptographicOperations.FixedTimeEquals(hash, record.Hash.Span))
            {
                found = record;
            }
        }

        if (found is { Used: false })
        {
            _ = NoteUseAsync(hash);
        }

        return found is not null;
    }

    public void Dispose() => _changing.Dispose();

    private async Task NoteUseAsync(byte[] hash)
    {
        try
        {
            await ChangeAsync(tokens =>
                [.. tokens.Select(token => token.Hash.Span.SequenceEqual(hash) ? token with { Used = true } : token)])
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreUnavailableException or ObjectDisposedException)
        {
            // The next use is noted instead.
        }
    }

    private async Task ChangeAsync(Func<IReadOnlyList<AdminTokenRecord>, AdminTokenRecord[]> change)
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            await store.ReplaceAdminTokensAsync(change(store.AdminTokens), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
