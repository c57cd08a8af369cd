using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Telemetry.Client.AspNetCore;

/// <summary>What a browser is told about every answer of the page.</summary>
internal static class PageHeaders
{
    /// <summary>Allows nothing but the page's own style sheet and its own forms.</summary>
    /// <returns>The nonce that the style sheet must carry.</returns>
    public static string Write(HttpResponse response)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var headers = response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        // Not "no-referrer": that would also take the origin from the page's own forms.
        headers["Referrer-Policy"] = "same-origin";
        return nonce;
    }
}
