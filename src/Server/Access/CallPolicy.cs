using Microsoft.AspNetCore.Authorization;
using Telemetry.Server.Model;

namespace Telemetry.Server.Access;

/// <summary>Who may make a call, as its contract says; stands in the metadata of its endpoint.</summary>
/// <param name="Scope">The scope that is needed; none for any token.</param>
/// <param name="SelectedBy">Paths of request fields that select apps.</param>
/// <param name="NamedBy">Paths of request fields that name apps.</param>
/// <param name="TakesLimited">Whether a token that is limited to apps can make it.</param>
internal sealed record CallPolicy(Scopes Scope, IReadOnlyList<string> SelectedBy, IReadOnlyList<string> NamedBy, bool TakesLimited)
{
    public bool Allows(Scopes scopes) => Scope == Scopes.None || (scopes & (Scope | Scopes.Owner)) != Scopes.None;

    public AuthorizationPolicy ToAuthorization() => new AuthorizationPolicyBuilder(AccessSchemes.Bearer)
        .RequireAuthenticatedUser()
        .RequireAssertion(context => GrantOf(context) is { } grant && Allows(grant.Scopes) && (TakesLimited || !grant.IsLimited))
        .Build();

    private static Grant? GrantOf(AuthorizationHandlerContext context) => (context.Resource as HttpContext)?.Features.Get<Grant>();
}

/// <summary>How callers prove who they are.</summary>
internal static class AccessSchemes
{
    /// <summary>Chooses between the two others by what the token looks like.</summary>
    public const string Bearer = "Bearer";

    /// <summary>The server's own tokens.</summary>
    public const string Own = "Token";

    /// <summary>Tokens of the configured identity provider.</summary>
    public const string Issuer = "Issuer";
}
