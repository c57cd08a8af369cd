using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;

namespace Telemetry.Server.Access;

/// <summary>Takes the tokens of the configured identity provider, as the framework checks them, and makes grants of their claims.</summary>
internal sealed class IssuerAuthentication(IOptions<AccessOptions> options, TokenGuesses guesses, TimeProvider time) : IConfigureNamedOptions<JwtBearerOptions>
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>How soon keys are looked for again when a token has an unknown one; whoever makes tokens up can ask for it.</summary>
    private static readonly TimeSpan KeysAgain = TimeSpan.FromMinutes(1);

    public void Configure(JwtBearerOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, JwtBearerOptions jwt)
    {
        if (options.Value.Issuer is not { } issuer)
        {
            return;
        }

        jwt.Authority = issuer;
        jwt.Audience = options.Value.Audience;
        // The issuer was checked: without TLS it is on this machine.
        jwt.RequireHttpsMetadata = issuer.StartsWith(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);
        jwt.MapInboundClaims = false;
        jwt.SaveToken = false;
        jwt.IncludeErrorDetails = false;
        jwt.RefreshInterval = KeysAgain;
        jwt.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = issuer,
            ValidAudience = options.Value.Audience,
            ValidAlgorithms =
            [
                SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
                SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
                SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
            ],
            LifetimeValidator = (from, until, _, _) => IsNow(from, until),
        };
        jwt.Events = new JwtBearerEvents
        {
            OnMessageReceived = received =>
            {
                if (guesses.RefusalOf(received.HttpContext) is { } tooMany)
                {
                    received.HttpContext.Features.Set(new Refusal(tooMany));
                    received.NoResult();
                }

                return Task.CompletedTask;
            },
            OnTokenValidated = validated =>
            {
                if (GrantOf(validated) is { } grant)
                {
                    Granted.Keep(validated.HttpContext, grant);
                    // Who it is goes no further.
                    validated.Principal = Granted.Principal(AccessSchemes.Issuer);
                    return Task.CompletedTask;
                }

                validated.HttpContext.Features.Set(new Refusal(RpcErrors.TokenRefused("none of its claims is one that Access:Grants names")));
                validated.NoResult();
                return Task.CompletedTask;
            },
            OnAuthenticationFailed = failed =>
            {
                failed.HttpContext.Features.Set(new Refusal(RpcErrors.TokenRefused(ReasonOf(failed.Exception))));
                if (IsGuess(failed.Exception))
                {
                    guesses.Count(failed.HttpContext);
                }

                return Task.CompletedTask;
            },
        };
    }

    private bool IsNow(DateTime? from, DateTime? until)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return until is { } end && now < Later(end) && !(from is { } start && now + ClockSkew < start);
    }

    /// <summary>Providers write the end of time for never.</summary>
    private static DateTime Later(DateTime end) => end < DateTime.MaxValue - ClockSkew ? end + ClockSkew : DateTime.MaxValue;

    private Grant? GrantOf(TokenValidatedContext validated) => options.Value.Grants
        .Where(grant => validated.Principal!.HasClaim(grant.Claim!, grant.Value!))
        .Select(grant => new Grant
        {
            Name = grant.Name!,
            Scopes = grant.Scopes.Select(ScopeNames.Find).Aggregate(Scopes.None, (all, scope) => all | (scope ?? Scopes.None)),
            Apps = [.. grant.Apps],
            ExpiresAt = new DateTimeOffset(DateTime.SpecifyKind(Later(validated.SecurityToken.ValidTo), DateTimeKind.Utc)),
        }).FirstOrDefault();

    /// <summary>Whether the provider did not sign it, as far as anybody can tell.</summary>
    private static bool IsGuess(Exception e) => e is SecurityTokenInvalidSignatureException or SecurityTokenInvalidAlgorithmException
        or SecurityTokenMalformedException or ArgumentException;

    /// <summary>In words of ours: the library's may hold what the token says.</summary>
    private static string ReasonOf(Exception e) => e switch
    {
        SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException or SecurityTokenNotYetValidException or SecurityTokenNoExpirationException =>
            "it is not valid at this time",
        SecurityTokenInvalidAudienceException => "it is for another audience",
        SecurityTokenInvalidIssuerException => "it is of another issuer",
        SecurityTokenInvalidAlgorithmException => "it is signed in a way that is not taken",
        SecurityTokenSignatureKeyNotFoundException => "it is signed with a key that the provider does not publish, or did so just now; try again in a minute",
        SecurityTokenInvalidSignatureException => "its signature is missing or wrong",
        SecurityTokenException or ArgumentException => "it is no token of such a provider",
        _ => "the provider's keys cannot be read at the moment",
    };
}
