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

    public async Task<LicenseMemory> CheckAsync(LicenseMemory memory, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        var sent = time.GetUtcNow();
        var (answer, failure) = await server.CheckAsync(nonce, deadline.Token, cancellationToken).ConfigureAwait(false);
        var received = time.GetUtcNow();
        if (answer is not null)
        {
            (memory, failure) = await TakeAsync(memory, answer, nonce, sent, received, deadline.Token, cancellationToken)
                .ConfigureAwait(false);
        }

        // Also when the check failed: a license may be withdrawn while a seat for it cannot be stored.
        if (memory.Proof is not null)
        {
            (memory, var withdrawn) = await RefreshListAsync(memory, deadline.Token, cancellationToken).ConfigureAwait(false);
            failure ??= withdrawn;
        }

        return memory with { Failure = failure };
    }

    private async Task<(LicenseMemory Memory, LicenseCheckFailure? Failure)> TakeAsync(
        LicenseMemory memory, CheckLicenseResponse answer, byte[] nonce, DateTimeOffset sent, DateTimeOffset received,
        CancellationToken deadline, CancellationToken cancellationToken)
    {
        if (answer.Decision is not { } decision)
        {
            return (memory, Rejected("it is neither a yes nor a no"));
        }

        if (answer.Token.Length == 0)
        {
            // Anybody who answers in the server's place can say no, and must not end what the vendor signed.
            return (memory, Rejected(decision.Licensed ? "it has no proof" : "its refusal is not signed"));
        }

        (memory, var noKeys) = await RefreshKeysAsync(
            memory, TokenVerifier.KeyIdOf(answer.Token), received, deadline, cancellationToken).ConfigureAwait(false);
        if (memory.Keys is not { } keys || !IsCurrent(keys.ExpiresAt, received))
        {
            return (memory, noKeys ?? Rejected("its keys have expired, or this machine's clock is wrong"));
        }

        var asked = Base64Url.EncodeToString(nonce);
        var (after, problem) = decision.Licensed
            ? TakeProof(memory, LicenseProof.Verify(answer.Token, keys, subject, asked), sent, received)
            : TakeRefusal(memory, LicenseRefusal.Verify(answer.Token, keys, subject, asked), received);
        // Signed by a new key that could not be fetched: that is the network's fault.
        return (after, problem is { Rejected: true } && noKeys is not null ? noKeys : problem);
    }

    private (LicenseMemory Memory, LicenseCheckFailure? Failure) TakeProof(
        LicenseMemory memory, Verified<LicenseProof> proof, DateTimeOffset sent, DateTimeOffset received)
    {
        if (!proof.Ok)
        {
            return (memory, Rejected(proof.Problem));
        }

        var correction = ClockCorrection.Between(sent, received, proof.Value.IssuedAt, options.ClockTolerance);
        return correction.Duration() < LicenseMemoryDocument.LargestCorrection
            ? (memory.Accept(proof.Value, correction, received), null)
            : (memory, Rejected("its time is beyond reason"));
    }

    private static (LicenseMemory Memory, LicenseCheckFailure? Failure) TakeRefusal(
        LicenseMemory memory, Verified<LicenseRefusal> refusal, DateTimeOffset received)
    {
        if (!refusal.Ok)
        {
            return (memory, Rejected(refusal.Problem));
        }

        // The vendor vouched for this key before: a server that knows nothing of it may have lost its data.
        return refusal.Value.IsIgnorance && memory.Proof is { } proof && memory.TimeAt(received) < proof.Ends
            ? (memory, new LicenseCheckFailure(Rejected: false, "the server does not know the license that it confirmed before"))
            : (memory.Accept(refusal.Value, received), null);
    }

    private async Task<(LicenseMemory Memory, LicenseCheckFailure? Failure)> RefreshKeysAsync(
        LicenseMemory memory, string keyId, DateTimeOffset received, CancellationToken deadline, CancellationToken cancellationToken)
    {
        if (memory.Keys is { } known && known.Find(keyId) is not null && (received - known.IssuedAt).Duration() < KeysAge)
        {
            return (memory, null);
        }

        var (answer, failure) = await server.KeysAsync(deadline, cancellationToken).ConfigureAwait(false);
        if (answer is null)
        {
            return (memory, failure);
        }

        var keys = SigningKeySet.Verify(answer.SignedKeys, roots);
        return keys switch
        {
            { Ok: false } => (memory, Rejected("its keys are not the vendor's, " + keys.Problem)),
            _ when !IsCurrent(keys.Value.ExpiresAt, received) => (memory, null),
            _ => (memory.Accept(keys.Value, received), null),
        };
    }

    /// <summary>Not getting one is no failure: the answer itself would have told of a withdrawal.</summary>
    private async Task<(LicenseMemory Memory, LicenseCheckFailure? Failure)> RefreshListAsync(
        LicenseMemory memory, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var (answer, _) = await server.RevocationsAsync(deadline, cancellationToken).ConfigureAwait(false);
        if (answer is null || memory.Keys is not { } keys)
        {
            return (memory, null);
        }

        var list = RevocationList.Verify(answer.List, keys);
        return list switch
        {
            { Ok: false } => (memory, Rejected("its list of withdrawn licenses is not the vendor's, " + list.Problem)),
            _ when !IsCurrent(list.Value.ExpiresAt, memory.TimeAt(time.GetUtcNow())) => (memory, null),
            _ => (memory.Accept(list.Value, time.GetUtcNow()), null),
        };
    }

    private bool IsCurrent(DateTimeOffset end, DateTimeOffset now) => end > now - options.ClockTolerance;

    private static LicenseCheckFailure Rejected(string reason) => new(Rejected: true, reason);
}
