namespace Telemetry.Client.Licensing;

/// <summary>What a server signed when it erased an installation; verified without the server, and for ever.</summary>
public sealed class ErasureReceipt
{
    private ErasureReceipt(string instance, string app, long reports, DateTimeOffset erasedAt) =>
        (Instance, App, Reports, ErasedAt) = (instance, app, reports, erasedAt);

    /// <summary>The installation, as whoever asked for it named it: its pseudonym, or the hash that it reports.</summary>
    public string Instance { get; }

    /// <summary>The app's slug.</summary>
    public string App { get; }

    /// <summary>How many reports were erased.</summary>
    public long Reports { get; }

    /// <summary>When, to the second.</summary>
    public DateTimeOffset ErasedAt { get; }

    /// <summary>Reads a receipt.</summary>
    /// <param name="receipt">The receipt, a JWS in compact form.</param>
    /// <param name="rootKey">The server's public root key in PEM.</param>
    /// <param name="problem">Why it is none; empty when it is one.</param>
    /// <returns>What it says; null when the server of this key did not sign it.</returns>
    /// <exception cref="ArgumentException"><paramref name="rootKey"/> is no public key on P-256 in PEM.</exception>
    public static ErasureReceipt? Verify(string receipt, string rootKey, out string problem)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        var token = TokenVerifier.Verify(receipt, TokenTypes.Erasure, new RootKeySet([rootKey]).Find);
        problem = token.Problem;
        if (token.Value is not { } claims)
        {
            return null;
        }

        if (claims.Text("instance") is { } instance && claims.Text("app") is { } app && claims.Integer("reports") is { } reports
            && claims.Moment("iat") is { } erasedAt)
        {
            return new ErasureReceipt(instance, app, reports, erasedAt);
        }

        problem = "it lacks what belongs into it";
        return null;
    }
}
