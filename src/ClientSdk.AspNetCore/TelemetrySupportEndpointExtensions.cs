using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Telemetry.Client.AspNetCore;

/// <summary>Adds the support page to an app.</summary>
public static class TelemetrySupportEndpointExtensions
{
    /// <summary>
    /// Maps a page where administrators see what the app reports and why, switch it, and send a report. Behind the
    /// host's authorization; every form is guarded by the host's antiforgery.
    /// </summary>
    /// <param name="endpoints">The app.</param>
    /// <param name="pattern">Where the page is. Default: "/telemetry".</param>
    /// <param name="configure">Says who may use it; null: whoever the host's default policy lets in.</param>
    /// <returns>The page's endpoints, for further conventions.</returns>
    /// <exception cref="InvalidOperationException">The host lacks a service; the message says what to add.</exception>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public static IEndpointConventionBuilder MapTelemetrySupport(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/telemetry",
        Action<TelemetrySupportOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var options = new TelemetrySupportOptions();
        configure?.Invoke(options);
        if (options is { AllowAnonymous: true, Policy: not null })
        {
            throw new ArgumentException("Either a policy or everybody: not both.", nameof(configure));
        }

        ThrowIfMissing(endpoints.ServiceProvider, options);
        var endpoint = EndpointOf(endpoints.ServiceProvider);
        var page = endpoints.MapGroup(pattern).ExcludeFromDescription();
        page.MapGet("", endpoint.ShowAsync).WithDisplayName("Telemetry support page");
        page.MapPost("", endpoint.ActAsync).WithDisplayName("Telemetry support page: form");
        return options switch
        {
            { AllowAnonymous: true } => page.AllowAnonymous(),
            { Policy: { } policy } => page.RequireAuthorization(policy),
            _ => page.RequireAuthorization(),
        };
    }

    private static SupportEndpoint EndpointOf(IServiceProvider services)
    {
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var client = services.GetRequiredService<TelemetryClient>();
        return new SupportEndpoint(
            new SupportDesk(client, time, stopping), services.GetRequiredService<IAntiforgery>(),
            new NoticeCookie(services.GetRequiredService<IDataProtectionProvider>()), time);
    }

    /// <summary>At the start, so that nobody finds out from an administrator.</summary>
    private static void ThrowIfMissing(IServiceProvider services, TelemetrySupportOptions options)
    {
        List<string> missing = [];
        if (services.GetService<TelemetryClient>() is null)
        {
            missing.Add("AddTelemetry<TCollector>(...)");
        }

        if (services.GetService<IAntiforgery>() is null)
        {
            missing.Add("AddAntiforgery()");
        }

        if (!options.AllowAnonymous && services.GetService<IAuthorizationService>() is null)
        {
            missing.Add("AddAuthorization()");
        }

        if (missing.Count > 0)
        {
            throw new InvalidOperationException(
                "The support page lacks services. Call on builder.Services: " + string.Join(", ", missing) + ".");
        }
    }
}
