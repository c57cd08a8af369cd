using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Telemetry.Client.AspNetCore;

/// <summary>Carries a notice over the redirect that follows an action, in the browser that acted.</summary>
/// <remarks>
/// Encrypted and signed with the host's keys, good for a minute and shown once, so that nobody can make one up and no
/// server needs to remember it. Whoever has no such keys in common has no antiforgery in common either.
/// </remarks>
internal sealed class NoticeCookie(IDataProtectionProvider protection)
{
    /// <summary>With encryption and base64 this stays below the 4 KB that browsers keep.</summary>
    public const int LargestNotice = 2600;

    private const string Name = "telemetry-result";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly ITimeLimitedDataProtector _protector =
        protection.CreateProtector("Telemetry.Client.AspNetCore.Notice").ToTimeLimitedDataProtector();

    /// <summary>Where the page is, as the browser sees it.</summary>
    public static string PathOf(HttpRequest request) => request.PathBase.Add(request.Path).ToUriComponent();

    public void Keep(HttpContext context, Notice notice) => context.Response.Cookies.Append(
        Name, WebEncoders.Base64UrlEncode(_protector.Protect(Fitted(notice), Lifetime)), Options(context.Request));

    /// <summary>The notice that waits for this browser, which is then gone; null when there is none.</summary>
    public Notice? Take(HttpContext context)
    {
        if (!context.Request.Cookies.TryGetValue(Name, out var value))
        {
            return null;
        }

        context.Response.Cookies.Delete(Name, Options(context.Request));
        try
        {
            return JsonSerializer.Deserialize(
                _protector.Unprotect(WebEncoders.Base64UrlDecode(value)), NoticeJson.Default.Notice);
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            // Too old, or not from here.
            return null;
        }
    }

    /// <summary>Leaves out the last violations, and then the end of the message, until it fits.</summary>
    internal static byte[] Fitted(Notice notice)
    {
        while (true)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(notice, NoticeJson.Default.Notice);
            if (json.Length <= LargestNotice)
            {
                return json;
            }

            notice = notice.Violations.Count > 0
                ? notice with { Violations = [.. notice.Violations.SkipLast(1)], MoreViolations = notice.MoreViolations + 1 }
                : notice with { Message = string.Concat(notice.Message.AsSpan(0, notice.Message.Length / 2), "…") };
        }
    }

    private static CookieOptions Options(HttpRequest request) => new()
    {
        HttpOnly = true,
        IsEssential = true,
        MaxAge = Lifetime,
        Path = PathOf(request),
        SameSite = SameSiteMode.Strict,
        Secure = request.IsHttps,
    };
}
