namespace Telemetry.Client.AspNetCore.Page;

/// <summary>What the host's antiforgery wants in every form.</summary>
/// <param name="Name">Name of the field.</param>
/// <param name="Value">Its value.</param>
internal sealed record FormToken(string Name, string Value)
{
    public Html Field => Html.Of($"""<input type="hidden" name="{Name}" value="{Value}">""");
}
