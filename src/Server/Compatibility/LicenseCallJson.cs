using System.Text.Json;
using System.Text.Json.Serialization;

namespace Telemetry.Server.Compatibility;

/// <summary>How license calls are read; the code is generated.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 4, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(LicenseCall))]
internal sealed partial class LicenseCallJson : JsonSerializerContext
{
    private static readonly HashSet<string> Names =
        [.. typeof(LicenseCall).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))];

    /// <returns>The call, or a sentence that says what is wrong and repeats nothing but names of ours.</returns>
    public static (LicenseCall? Call, string Error) Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, Default.LicenseCall) is { } call
                ? (call, "")
                : (null, "The request must be a JSON object.");
        }
        catch (JsonException e)
        {
            var field = e.Path?.Split('.', '[') is [_, var name, ..] && Names.Contains(name) ? name : null;
            return (null, field is null
                ? "The request is not one valid JSON object of at most 4 levels that names each field once."
                : $"{field} has the wrong type, is out of range or is named twice.");
        }
    }
}
