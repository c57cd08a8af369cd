using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Options;

namespace Telemetry.Server.Access;

/// <summary>Section "Access": an identity provider whose tokens are taken beside the server's own.</summary>
internal sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>The provider's issuer, an https URL; its keys are found by OpenID Connect discovery. Default: none, so that only own tokens are taken.</summary>
    public string? Issuer { get; set; }

    /// <summary>What the tokens must be for: their "aud". Required with an issuer.</summary>
    public string? Audience { get; set; }

    /// <summary>What tokens with which claims may do; the first one that fits counts. A token that none fits may do nothing.</summary>
    public IList<ClaimGrant> Grants { get; set; } = [];
}

/// <summary>What a token of the identity provider with a claim may do.</summary>
internal sealed class ClaimGrant
{
    /// <summary>What it is called here; the person behind it is named nowhere. Required.</summary>
    public string? Name { get; set; }

    /// <summary>The claim, e.g. "groups". Required.</summary>
    public string? Claim { get; set; }

    /// <summary>The value that it must have; of a claim with several values one of them. Required.</summary>
    public string? Value { get; set; }

    /// <summary>The scopes: live, read, licenses, privacy, owner. At least one.</summary>
    public IList<string> Scopes { get; set; } = [];

    /// <summary>Slugs of the apps that it is limited to. Default: all apps.</summary>
    public IList<string> Apps { get; set; } = [];
}

/// <summary>Refuses what would let in nobody, or anybody.</summary>
internal sealed class AccessOptionsValidator : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        var broken = BrokenIn(options).ToList();
        return broken.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(broken);
    }

    private static IEnumerable<string> BrokenIn(AccessOptions options)
    {
        if (options.Issuer is null)
        {
            if (options.Audience is not null || options.Grants.Count > 0)
            {
                yield return "Access:Issuer is required with Access:Audience and Access:Grants.";
            }

            yield break;
        }

        if (!Uri.TryCreate(options.Issuer, UriKind.Absolute, out var issuer)
            || (issuer.Scheme != Uri.UriSchemeHttps && !(issuer.Scheme == Uri.UriSchemeHttp && issuer.IsLoopback)))
        {
            yield return "Access:Issuer must be an https URL; http is taken on this machine's own address alone.";
        }

        if (options.Audience is null)
        {
            yield return "Access:Audience is required with Access:Issuer: else tokens for other services would do here.";
        }

        if (options.Grants.Count == 0)
        {
            yield return "Access:Grants must have at least one entry with Access:Issuer: else its tokens may do nothing.";
        }

        for (var i = 0; i < options.Grants.Count; i++)
        {
            var (place, grant) = (string.Create(CultureInfo.InvariantCulture, $"Access:Grants:{i}"), options.Grants[i]);
            if (grant.Name is null || grant.Claim is null || grant.Value is null)
            {
                yield return $"{place} must have {nameof(ClaimGrant.Name)}, {nameof(ClaimGrant.Claim)} and {nameof(ClaimGrant.Value)}.";
            }

            if (grant.Scopes.Count == 0 || grant.Scopes.Any(scope => ScopeNames.Find(scope) is null))
            {
                yield return $"{place}:Scopes must hold at least one of {ScopeNames.Known}, and nothing else.";
            }
            else if (grant.Apps.Count > 0 && grant.Scopes.Any(scope => ScopeNames.Find(scope) == Model.Scopes.Owner))
            {
                yield return $"{place}:Apps must be empty with scope owner.";
            }
        }
    }
}
