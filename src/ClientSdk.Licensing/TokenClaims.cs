using System.Buffers.Text;
using System.Text.Json;

namespace Telemetry.Client.Licensing;

/// <summary>Reads what a token says. What is missing, of another kind or beyond reason is null.</summary>
internal sealed class TokenClaims
{
    /// <summary>No license is older, and no clock that can be corrected is ahead of the other.</summary>
    private const long FirstSecond = 946_684_800;

    /// <summary>Before the year 3000: far enough from the last moment there is to reckon with.</summary>
    private const long LastSecond = 32_503_680_000;

    private const int MostNumbers = 1_000;
    private const int LongestName = 200;

    private readonly JsonElement _content;

    private TokenClaims(JsonElement content, string keyId)
    {
        _content = content;
        KeyId = keyId;
    }

    /// <summary>Whose signature it has.</summary>
    public string KeyId { get; }

    /// <summary>Null unless it is a JSON object.</summary>
    /// <param name="part">A part of a token, valid base64url.</param>
    /// <param name="keyId">Whose signature it has.</param>
    public static TokenClaims? Parse(string part, string keyId)
    {
        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(part));
            return json.RootElement.ValueKind == JsonValueKind.Object ? new(json.RootElement.Clone(), keyId) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string? Text(string name) => Text(_content, name);

    public DateTimeOffset? Moment(string name) =>
        Integer(name) is { } seconds and >= FirstSecond and < LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    public long? Integer(string name) =>
        _content.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number)
            ? number
            : null;

    public bool Has(string name) => _content.TryGetProperty(name, out _);

    public byte[]? Bytes(string name)
    {
        var text = Text(name);
        return text is not null && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;
    }

    public IReadOnlyDictionary<string, ulong>? Numbers(string name)
    {
        if (!_content.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var numbers = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetUInt64(out var number)
                || Read(() => property.Name) is not { Length: <= LongestName } key || numbers.Count == MostNumbers)
            {
                return null;
            }

            numbers[key] = number;
        }

        return numbers;
    }

    /// <summary>The public keys of a JWK set; null when anything in it is something else.</summary>
    public IReadOnlyList<VerificationKey>? Keys(string name)
    {
        if (!_content.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var keys = value.EnumerateArray().Select(KeyOf).ToList();
        return keys.Contains(null) ? null : [.. keys.OfType<VerificationKey>()];
    }

    private static VerificationKey? KeyOf(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && Text(item, "kty") == "EC" && Text(item, "crv") == "P-256"
        && VerificationKey.Of(Text(item, "x"), Text(item, "y")) is { } key && Text(item, "kid") == key.Id
            ? key
            : null;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? Read(value.GetString)
            : null;

    /// <summary>Null for half a surrogate pair, which JSON can hold and a text cannot.</summary>
    private static string? Read(Func<string?> text)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
