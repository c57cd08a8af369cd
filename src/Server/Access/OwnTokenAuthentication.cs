using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Telemetry.Server.Rpc;
using RpcStatus = Google.Rpc.Status;

namespace Telemetry.Server.Access;

/// <summary>Takes the server's own tokens (RFC 6750: "authorization: Bearer TOKEN").</summary>
internal sealed class OwnTokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenBook tokens, TokenGuesses guesses)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerHeader.Read(Request) is not { } secret)
        {
            return Refuse(RpcErrors.TokenMissing());
        }

        if (guesses.RefusalOf(Context) is { } tooMany)
        {
            return Refuse(tooMany);
        }

        var (grant, refusal, isGuess) = tokens.Find(secret);
        if (isGuess)
        {
            guesses.Count(Context);
        }

        return refusal is null ? Task.FromResult(Granted.As(Context, grant!, Scheme.Name)) : Refuse(refusal);
    }

    private Task<AuthenticateResult> Refuse(RpcStatus status)
    {
        Context.Features.Set(new Refusal(status));
        return Task.FromResult(AuthenticateResult.NoResult());
    }
}

/// <summary>Why a caller is not let in, kept with the request until it is answered.</summary>
internal sealed record Refusal(RpcStatus Status);

/// <summary>A token in the head of a request.</summary>
internal static class BearerHeader
{
    private const string Scheme = "Bearer ";

    public static string? Read(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;
}

/// <summary>Lets a caller in.</summary>
internal static class Granted
{
    public static AuthenticateResult As(HttpContext context, Grant grant, string scheme)
    {
        Keep(context, grant);
        return AuthenticateResult.Success(new AuthenticationTicket(Principal(scheme), scheme));
    }

    /// <summary>With the request, for whoever needs to know what it may, or has to record it.</summary>
    public static void Keep(HttpContext context, Grant grant)
    {
        context.Features.Set(grant);
        context.Features.Set(grant.Actor);
    }

    /// <summary>Without claims: what a caller may do is the grant, and who it is stays outside.</summary>
    public static ClaimsPrincipal Principal(string scheme) => new(new ClaimsIdentity(scheme));
}
