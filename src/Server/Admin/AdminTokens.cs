using System.Security.Cryptography;
using System.Text;
using Telemetry.Server.Rpc;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Admin;

/// <summary>Makes and knows admin tokens. A token is shown once, when it is made; only its hash is kept.</summary>
internal sealed class AdminTokens(ITelemetryStore store, TimeProvider time) : IAdminTokenVerifier
{
    /// <summary>Says what it is wherever it turns up, e.g. in a secret scanner.</summary>
    private const string Prefix = "tlm_";

    private const int RandomBytes = 32;

    public bool Any => store.AdminTokens.Count > 0;

    public async Task<string> CreateAsync(CancellationToken cancellation)
    {
        var token = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes));
        await store.AddAdminTokenAsync(new AdminTokenRecord(Hash(token), time.GetUtcNow()), cancellation)
            .ConfigureAwait(false);
        return token;
    }

    public bool IsKnown(string token)
    {
        var hash = Hash(token);
        var known = false;
        foreach (var record in store.AdminTokens)
        {
            // No early exit: how long it takes must not tell which token came close.
            known |= CryptographicOperations.FixedTimeEquals(hash, record.Hash.Span);
        }

        return known;
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
