using Telemetry.Server.Callers;
using Telemetry.Server.Rpc;
using RpcStatus = Google.Rpc.Status;

namespace Telemetry.Server.Access;

/// <summary>Slows whoever tries tokens that were never good: the caller alone, in memory alone.</summary>
/// <remarks>What expired or was revoked is no guess: a forgotten script must not lock out its neighbors.</remarks>
internal sealed class TokenGuesses(CallerPseudonyms callers, CallerLimits limits, LimitMetrics metrics)
{
    /// <summary>What a caller is told that guessed too often; no token of it is looked at, else the right one would tell itself.</summary>
    public RpcStatus? RefusalOf(HttpContext context)
    {
        if (limits.WrongTokens.Wait(callers.Of(context)) is not { } wait)
        {
            return null;
        }

        metrics.Refused("wrong_tokens");
        return RpcErrors.TooManyWrongTokens(
            $"Too many tokens that are not known here come from this address. Try again in {Waiting.InWords(wait)}.", wait);
    }

    public void Count(HttpContext context) => limits.WrongTokens.Take(callers.Of(context));
}
