using Microsoft.JSInterop;

namespace Telemetry.Dashboard.Access;

/// <summary>What only script can do, called at once and without waiting.</summary>
public sealed class Browser(IJSInProcessObjectReference module)
{
    public static async Task<Browser> LoadAsync(IJSRuntime js) =>
        new(await js.InvokeAsync<IJSInProcessObjectReference>("import", "./js/browser.js"));

    public string? TakeToken() => module.Invoke<string?>("takeToken");

    public string? ReadToken() => module.Invoke<string?>("readToken");

    public bool IsKept => module.Invoke<bool>("isKept");

    public void KeepToken(string token, bool onDevice) => module.InvokeVoid("keepToken", token, onDevice);

    public void ForgetToken() => module.InvokeVoid("forgetToken");

    public string Language => module.Invoke<string>("language");

    /// <summary>Loads the page anew, in that language.</summary>
    public void ChooseLanguage(string language) => module.InvokeVoid("chooseLanguage", language);

    public string Theme => module.Invoke<string>("theme");

    public void ChooseTheme(string theme) => module.InvokeVoid("chooseTheme", theme);

    public string? NameOf(string type, string code) => module.Invoke<string?>("nameOf", type, code);

    public ValueTask<bool> CopyAsync(string text) => module.InvokeAsync<bool>("copy", text);

    public void Focus(string selector) => module.InvokeVoid("focus", selector);

    public bool IsHidden => module.Invoke<bool>("isHidden");

    /// <summary>Whether so many tabs of this server are looked at that this one must not keep a connection.</summary>
    public bool IsCrowded => module.Invoke<bool>("isCrowded");

    public void CloseMenu() => module.InvokeVoid("closeMenu");

    public void Listen<T>(DotNetObjectReference<T> app)
        where T : class => module.InvokeVoid("listen", app);
}
