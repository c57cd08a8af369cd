using System.Text.Json;

namespace Telemetry.Server.Tests.Compatibility;

/// <summary>One recorded request.</summary>
public sealed record Recording(
    string Build, string Scenario, string Path, IReadOnlyDictionary<string, string> Headers, string Raw)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly Lazy<Recording[]> Files = new(() =>
        [.. Directory.GetFiles(System.IO.Path.Combine(AppContext.BaseDirectory, "Recordings"), "*.json").Order()
            .Select(file => JsonSerializer.Deserialize<Recording>(File.ReadAllText(file), Json)!)]);

    public static IReadOnlyList<Recording> All => Files.Value;

    public static Recording Find(string name) => All.Single(recording => recording.Name == name);

    public string Name => $"{Build}-{Scenario}";
}
