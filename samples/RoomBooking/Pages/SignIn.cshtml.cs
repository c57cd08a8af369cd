using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace RoomBooking.Pages;

/// <summary>Lets the administrator in.</summary>
internal sealed class SignInModel(AdminCode admin) : PageModel
{
    public bool Refused { get; private set; }

    public async Task<IActionResult> OnPostAsync(string? code, string? returnUrl)
    {
        if (!admin.Matches(code))
        {
            Refused = true;
            return Page();
        }

        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, "administrator"), new Claim(ClaimTypes.Role, AdminCode.Role)],
            CookieAuthenticationDefaults.AuthenticationScheme);
        await HttpContext.SignInAsync(new ClaimsPrincipal(identity));
        return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl : "/telemetry");
    }
}
