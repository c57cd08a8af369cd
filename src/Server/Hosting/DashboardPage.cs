using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.StaticAssets;

namespace Telemetry.Server.Hosting;

/// <summary>The dashboard's only HTML: what loads the app, and what is seen until it runs. The same for everybody.</summary>
internal sealed class DashboardPage
{
    private readonly byte[] _html;
    private readonly string _policy;
    private readonly string _tag;

    public DashboardPage(IEnumerable<StaticAssetDescriptor> assets)
    {
        var files = new AssetNames(assets);
        var imports = files.ImportMap();
        _html = Encoding.UTF8.GetBytes(Html(files, imports));
        _tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(_html))[..16]}\"";
        // The import map is the only script within the page; its digest stands in for a nonce, so that the page never differs.
        var digest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(imports)));
        _policy = $"default-src 'none'; script-src 'self' 'sha256-{digest}' 'wasm-unsafe-eval'; style-src 'self'; "
            + "style-src-attr 'unsafe-inline'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
            + "form-action 'self'; frame-ancestors 'none'; base-uri 'self'";
    }

    public Task WriteAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = _policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers.CacheControl = "no-cache";
        headers.ETag = _tag;
        if (context.Request.Headers.IfNoneMatch.Contains(_tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = _html.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(_html).AsTask();
    }

    private static string Html(AssetNames files, string imports) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Telemetry</title>
        <base href="/">
        <link rel="icon" href="{files["icon.svg"]}" type="image/svg+xml">
        <link rel="stylesheet" href="{files["css/tokens.css"]}">
        <link rel="stylesheet" href="{files["css/base.css"]}">
        <link rel="stylesheet" href="{files["css/components.css"]}">
        <link rel="stylesheet" href="{files["app.css"]}">
        <script src="{files["js/theme.js"]}"></script>
        <script type="importmap">{imports}</script>
        <link rel="modulepreload" href="{files["_framework/dotnet.js"]}">
        <link rel="modulepreload" href="{files["_framework/dotnet.runtime.js"]}">
        <link rel="modulepreload" href="{files["_framework/dotnet.native.js"]}">
        <link rel="preload" as="fetch" crossorigin="anonymous" href="{files["_framework/dotnet.native.wasm"]}">
        </head>
        <body>
        <div id="app">
        <div class="app skeleton" aria-busy="true">
        <aside class="side"><span class="brand">Telemetry</span></aside>
        <div class="body"><header class="top"></header>
        <main><h1 class="sr">Telemetry</h1><p class="skeleton-note" role="status">Loading the dashboard …</p>
        <div class="skeleton-line"></div><div class="skeleton-line short"></div>
        <div class="skeleton-block"></div><div class="skeleton-block"></div></main></div>
        </div>
        </div>
        <noscript>The dashboard needs JavaScript. What it shows, the telemetry command shows too.</noscript>
        <script src="{files["_framework/blazor.webassembly.js"]}"></script>
        </body>
        </html>

        """;

    /// <summary>The names under which files are served so that they can be kept for ever, by the ones they were built with.</summary>
    private sealed class AssetNames
    {
        private static readonly JsonSerializerOptions Json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Default };

        private readonly SortedDictionary<string, string> _names = new(StringComparer.Ordinal);

        public AssetNames(IEnumerable<StaticAssetDescriptor> assets)
        {
            foreach (var asset in assets.Where(asset => asset.Selectors.Count == 0))
            {
                if (PropertyOf(asset, "label") is { } label)
                {
                    _names.TryAdd(label, asset.Route);
                }
            }
        }

        public string this[string file] => WebUtility.HtmlEncode(_names.GetValueOrDefault(file, file));

        public string ImportMap() => JsonSerializer.Serialize(
            new
            {
                imports = _names.Where(name => name.Key.EndsWith(".js", StringComparison.Ordinal))
                    .ToDictionary(name => "./" + name.Key, name => "./" + name.Value),
            },
            Json);

        private static string? PropertyOf(StaticAssetDescriptor asset, string name) =>
            asset.Properties.FirstOrDefault(property => property.Name == name)?.Value;
    }
}
