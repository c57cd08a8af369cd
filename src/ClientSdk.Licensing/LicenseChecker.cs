using System.Buffers.Text;
using System.Security.Cryptography;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Licensing;

/// <summary>One check: questions to the server, and what to remember of its answers.</summary>
/// <remarks>Throws: only when the caller cancels.</remarks>
internal sealed class LicenseChecker(
    LicenseServer server, LicenseSubject subject, RootKeySet roots, LicenseClientOptions options, TimeProvider time)
{
    private const int NonceBytes = 32;

    /// <summary>Keys are fetched again after so long, so that a withdrawn one is not trusted for long.</summary>
    private static readonly TimeSpan KeysAge = TimeSpan.FromDays(1);

    public async Task<LicenseMemory> CheckAsync(LicenseMemory memory, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        var sent = time.GetUtcNow();
        var (answer, failure) = await server.CheckAsync(nonce, deadline.Token, cancellation).ConfigureAwait(false);
        var received = time.GetUtcNow();
        if (answer is { Decision: { Licensed: false } refusal } && IsRefusal(refusal.Verdict))
        {
            return memory.Accept(new LicenseRefusal(refusal.Verdict, refusal.Message, refusal.NextStep), received);
        }

        if (answer is not null)
        {
            (memory, failure) = await TakeAsync(memory, answer, nonce, sent, received, deadline.Token, cancellation)
                .ConfigureAwait(false);
        }

        // Also when the check failed: a license may be withdrawn while a seat for it cannot be stored.
        if (memory.Proof is not null)
        {
            (memory, var withdrawn) = await RefreshListAsync(memory, deadline.Token, cancellation).ConfigureAwait(false);
            failure ??= withdrawn;
        }

        return memory with { Failure = failure };
    }

    /// <summary>A verdict that a server newer than this SDK may give is a refusal too; none at all is no answer.</summary>
    private static bool IsRefusal(LicenseVerdict verdict) =>
        verdict is not (LicenseVerdict.Unspecified or LicenseVerdict.Valid or LicenseVerdict.ValidInGrace);

    private async Task<(LicenseMemory Memory, LicenseCheckFailure? Failure)> TakeAsync(
        LicenseMemory memory, CheckLicenseResponse answer, byte[] nonce, DateTimeOffset sent, DateTimeOffset received,
        CancellationToken deadline, CancellationToken cancellation)
    {
        if (answer.Decision is not { Licensed: true })
        {
            return (memory, Rejected("it is neither a yes nor a no"));
        }

        (memory, var noKeys) = await RefreshKeysAsync(
            memory, TokenVerifier.KeyIdOf(answer.Token), received, deadline, cancellation).ConfigureAwait(false);
        if (memory.Keys is not { } keys || !IsCurrent(keys.ExpiresAt, received))
        {
            return (memory, noKeys ?? Rejected("its keys have expired, or this machine's clock is wrong"));
        }

        var proof = await LicenseProof.VerifyAsync(answer.Token, keys, subject, Base64Url.EncodeToString(nonce))
            .ConfigureAwait(false);
        if (!proof.Ok)
        {
            // Signed by a new key that could not be fetched: that is the network's fault.
            return (memory, noKeys ?? Rejected(proof.Problem));
        }

        var correction = ClockCorrection.Between(sent, received, proof.Value.IssuedAt, options.ClockTolerance);
        return (memory.Accept(proof.Value, correction, received), null);
    }

    private async Task<(LicenseMemory Memory, LicenseCheckFailure? Failure)> RefreshKeysAsync(
        LicenseMemory memory, string keyId, DateTimeOffset received, CancellationToken deadline, CancellationToken cancellation)
    {
        if (memory.Keys is { } known && known.Find(keyId) is not null && (received - known.IssuedAt).Duration() < KeysAge)
        {
            return (memory, null);
        }

        var (answer, failure) = await server.KeysAsync(deadline, cancellation).ConfigureAwait(false);
        if (answer is null)
        {
            return (memory, failure);
        }

        var keys = await SigningKeySet.VerifyAsync(answer.SignedKeys, roots).ConfigureAwait(false);
        return keys switch
        {
            { Ok: false } => (memory, Rejected("its keys are not the vendor's, " + keys.Problem)),
            _ when !IsCurrent(keys.Value.ExpiresAt, received) => (memory, null),
            _ => (memory.Accept(keys.Value), null),
        };
    }

    /// <summary>Not getting one is no failure: the answer itself would have told of a withdrawal.</summary>
    private async Task<(LicenseMemory Memory, LicenseCheckFailure? Failure)> RefreshListAsync(
        LicenseMemory memory, CancellationToken deadline, CancellationToken cancellation)
    {
        var (answer, _) = await server.RevocationsAsync(deadline, cancellation).ConfigureAwait(false);
        if (answer is null || memory.Keys is not { } keys)
        {
            return (memory, null);
        }

        var list = await RevocationList.VerifyAsync(answer.List, keys).ConfigureAwait(false);
        return list switch
        {
            { Ok: false } => (memory, Rejected("its list of withdrawn licenses is not the vendor's, " + list.Problem)),
            _ when !IsCurrent(list.Value.ExpiresAt, memory.TimeAt(time.GetUtcNow())) => (memory, null),
            _ => (memory.Accept(list.Value), null),
        };
    }

    private bool IsCurrent(DateTimeOffset end, DateTimeOffset now) => end > now - options.ClockTolerance;

    private static LicenseCheckFailure Rejected(string reason) => new(Rejected: true, reason);
}
