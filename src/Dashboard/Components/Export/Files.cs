using System.Text;
using Microsoft.JSInterop;

namespace Telemetry.Dashboard.Components.Export;

/// <summary>Hands a file to the browser.</summary>
internal static class Files
{
    private const string Module = "./js/files.js";

    public static Task Save(IJSRuntime js, string title, string extension, string type, string text) =>
        Call(js, "save", Name(title, extension), type, text);

    /// <summary>Draws an SVG into a PNG of twice its size.</summary>
    public static Task SavePng(IJSRuntime js, string title, string svg) => Call(js, "savePng", Name(title, "png"), svg);

    /// <summary>A title as a file name: "New, returned and gone" is new-returned-and-gone.csv.</summary>
    internal static string Name(string title, string extension)
    {
        var name = new StringBuilder();
        foreach (var letter in title)
        {
            if (char.IsLetterOrDigit(letter))
            {
                name.Append(char.ToLowerInvariant(letter));
            }
            else if (name.Length > 0 && name[^1] != '-')
            {
                name.Append('-');
            }
        }
        return $"{name.ToString().TrimEnd('-')}.{extension}";
    }

    /// <summary>Pictures look as the page does.</summary>
    public static async Task<Palette> PaletteAsync(IJSRuntime js)
    {
        await using var module = await js.InvokeAsync<IJSObjectReference>("import", Module);
        return await module.InvokeAsync<bool>("isDark") ? Palette.Dark : Palette.Light;
    }

    private static async Task Call(IJSRuntime js, string function, params object?[] arguments)
    {
        await using var module = await js.InvokeAsync<IJSObjectReference>("import", Module);
        await module.InvokeVoidAsync(function, arguments);
    }
}
