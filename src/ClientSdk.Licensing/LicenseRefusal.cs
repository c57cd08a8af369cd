using Telemetry.Client.Send;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Licensing;

/// <summary>The server's signed no, in its words.</summary>
internal sealed record LicenseRefusal
{
    /// <summary>The token as it came, to be verified again when it is read from a file.</summary>
    public required string Text { get; init; }

    public required LicenseVerdict Verdict { get; init; }

    public required string Message { get; init; }

    public required string NextStep { get; init; }

    /// <summary>Whether a server may say so that lost what it knew, and not the vendor who withdrew it.</summary>
    public bool IsIgnorance => Verdict is LicenseVerdict.NotFound or LicenseVerdict.MalformedKey;

    /// <param name="text">The token.</param>
    /// <param name="keys">The keys that may sign it.</param>
    /// <param name="subject">What it must be about.</param>
    /// <param name="nonce">The nonce that it must answer; null when it was received earlier and is read again.</param>
    public static Verified<LicenseRefusal> Verify(string text, SigningKeySet keys, LicenseSubject subject, string? nonce)
    {
        var token = TokenVerifier.Verify(text, TokenTypes.Refusal, keys.Find);
        if (!token.Ok)
        {
            return Verified<LicenseRefusal>.Not(token.Problem);
        }

        var claims = token.Value;
        if (subject.ProblemOf(claims, nonce) is { } problem)
        {
            return Verified<LicenseRefusal>.Not(problem);
        }

        // A verdict that a server newer than this SDK may give is a refusal too; none at all, or a good one, is not.
        return claims.Integer("verdict") is > (int)LicenseVerdict.ValidInGrace and <= int.MaxValue and var verdict
            && claims.Text("message") is { } message && claims.Text("next_step") is { } nextStep
                ? new LicenseRefusal
                {
                    Text = text,
                    Verdict = (LicenseVerdict)verdict,
                    Message = ServerWords.Text(message),
                    NextStep = ServerWords.Text(nextStep),
                }
                : Verified<LicenseRefusal>.Not("it lacks what belongs into it");
    }
}
