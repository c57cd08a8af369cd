using System.Text.Json;

namespace Telemetry.Server.Tests.Compatibility;

/// <summary>What an app makes of an answer, by what was observed of the real ones.</summary>
/// <remarks>
/// Any 2xx is read as JSON; "valid" is taken by PHP's idea of truth. RoomVox, FormVox and MetaVox store it whatever it
/// is and fail on what is no object; IntraVox and IntroVox store a good answer only.
/// </remarks>
internal sealed class VoxLicenseState(string build)
{
    private readonly bool _isIntra = build.StartsWith("intra", StringComparison.Ordinal) || build.StartsWith("intro", StringComparison.Ordinal);

    /// <summary>What the app has stored; null before the first answer that it stores.</summary>
    public bool? Valid { get; private set; }

    /// <summary>What it shows when the answer was no.</summary>
    public string? Reason { get; private set; }

    public JsonElement? Limits { get; private set; }

    public string? ValidUntil { get; private set; }

    public bool? PageAllowed { get; private set; }

    public bool LastCallSucceeded { get; private set; }

    public void Receive(string path, int status, string body)
    {
        Assert.InRange(status, 200, 299);
        var answer = JsonDocument.Parse(body).RootElement;
        Assert.Equal(JsonValueKind.Object, answer.ValueKind);
        switch (path)
        {
            case "/api/licenses/validate": ReceiveValidation(answer); break;
            case "/api/licenses/usage": ReceiveUsage(answer); break;
            default: ReceivePageLimit(answer); break;
        }
    }

    private void ReceiveValidation(JsonElement answer)
    {
        LastCallSucceeded = Truth(answer, "valid");
        if (LastCallSucceeded || !_isIntra)
        {
            Valid = LastCallSucceeded;
        }

        Reason = LastCallSucceeded ? null : answer.GetProperty("reason").GetString();
        Limits = LastCallSucceeded && answer.TryGetProperty("limits", out var limits) ? limits : Limits;
        ValidUntil = answer.TryGetProperty("license", out var license) && license.TryGetProperty("validUntil", out var until)
            || answer.TryGetProperty("validUntil", out until) ? until.GetString() : null;
    }

    private void ReceiveUsage(JsonElement answer)
    {
        LastCallSucceeded = Truth(answer, "success");
        if ((LastCallSucceeded || !_isIntra) && answer.TryGetProperty("limits", out var limits))
        {
            Limits = limits;
        }

        Reason = LastCallSucceeded ? null : answer.GetProperty("error").GetString();
    }

    private void ReceivePageLimit(JsonElement answer)
    {
        PageAllowed = Truth(answer, "allowed");
        LastCallSucceeded = PageAllowed.Value;
        Reason = answer.TryGetProperty("reason", out var reason) ? reason.GetString() : null;
        Assert.Equal(JsonValueKind.Array, answer.GetProperty("exceededLanguages").ValueKind);
        Assert.Contains(answer.GetProperty("perLanguage").ValueKind, new[] { JsonValueKind.True, JsonValueKind.False });
    }

    /// <summary>A boolean that is one: the apps would take the text "false" for true.</summary>
    private static bool Truth(JsonElement answer, string member) => answer.GetProperty(member).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        var kind => throw new InvalidOperationException($"{member} is {kind}."),
    };
}
