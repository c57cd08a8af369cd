using System.Buffers.Text;
using System.Text.Json;

namespace Telemetry.Client.Licensing;

/// <summary>Reads what a verified token says. What is missing or of another kind is null.</summary>
internal sealed class TokenClaims(JsonElement payload, string keyId)
{
    private const long FirstSecond = -62_135_596_800;
    private const long LastSecond = 253_402_300_799;

    /// <summary>Whose signature it has.</summary>
    public string KeyId { get; } = keyId;

    public string? Text(string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public DateTimeOffset? Moment(string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var seconds) && seconds is >= FirstSecond and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    public bool Has(string name) => payload.TryGetProperty(name, out _);

    public byte[]? Bytes(string name)
    {
        var text = Text(name);
        return text is not null && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;
    }

    public IReadOnlyDictionary<string, ulong>? Numbers(string name)
    {
        if (!payload.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var numbers = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetUInt64(out var number))
            {
                return null;
            }

            numbers[property.Name] = number;
        }

        return numbers;
    }

    public IReadOnlyList<string>? Objects(string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => item.GetRawText())]
            : null;
}
