using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Telemetry.Server.Access;

/// <summary>Registers who may do what.</summary>
internal static class AccessExtensions
{
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<TokenBook>();
        services.AddSingleton<TokenClerk>();
        services.AddSingleton<TokenGuesses>();
        services.AddSingleton<GrantedStreams>();
        services.AddSingleton<AccessGrpcService>();
        services.AddSingleton<AppLimitInterceptor>();
        services.AddAuthentication()
            .AddPolicyScheme(AccessSchemes.Bearer, null, static _ => { })
            .AddScheme<AuthenticationSchemeOptions, OwnTokenAuthentication>(AccessSchemes.Own, null)
            .AddJwtBearer(AccessSchemes.Issuer, static _ => { });
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, IssuerAuthentication>();
        services.AddOptions<PolicySchemeOptions>(AccessSchemes.Bearer).Configure<IOptions<AccessOptions>>((scheme, access) =>
            scheme.ForwardDefaultSelector = context => SchemeOf(context, access.Value));
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessAnswers>();
        services.AddAuthorizationBuilder()
            // What says nothing of who may call it is closed.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder(AccessSchemes.Bearer).RequireAssertion(static _ => false).Build());
        return services;
    }

    /// <summary>Holds every endpoint to its policy; what is open to everybody passes by, and what does not exist is told so.</summary>
    public static void UseAccess(this IApplicationBuilder app)
    {
        // The framework would put both in front of everything, where reports would pay for them and no endpoint is known yet.
        app.Properties["__AuthenticationMiddlewareSet"] = true;
        app.Properties["__AuthorizationMiddlewareSet"] = true;
        app.UseWhen(
            static context => context.GetEndpoint() is RouteEndpoint endpoint && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null,
            static guarded => guarded.UseAuthorization());
    }

    private static string SchemeOf(HttpContext context, AccessOptions options) =>
        options.Issuer is not null && BearerHeader.Read(context.Request) is { } token && !token.StartsWith(TokenSecret.Prefix, StringComparison.Ordinal)
            ? AccessSchemes.Issuer
            : AccessSchemes.Own;
}
