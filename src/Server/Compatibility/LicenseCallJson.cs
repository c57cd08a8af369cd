using System.Text.Json;
using System.Text.Json.Serialization;

namespace Telemetry.Server.Compatibility;

/// <summary>How license calls are read; the code is generated.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LicenseCall))]
internal sealed partial class LicenseCallJson : JsonSerializerContext
{
    private static readonly HashSet<string> Names =
        [.. typeof(LicenseCall).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))];

    /// <param name="body">One JSON object, as <see cref="JsonBody"/> has found.</param>
    /// <returns>The call, or a sentence that says what is wrong and repeats nothing but names of ours.</returns>
    public static (LicenseCall? Call, string Error) Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return (JsonSerializer.Deserialize(body, Default.LicenseCall), "");
        }
        catch (JsonException e)
        {
            var field = e.Path?.Split('.', '[') is [_, var name, ..] && Names.Contains(name) ? name : null;
            return (null, $"{field ?? "A field"} has the wrong type or is out of range.");
        }
    }
}
