using System.Text.Json;

namespace Telemetry.Server.Tests.Compatibility;

/// <summary>One recorded request.</summary>
public sealed record Recording(
    string Build, string Scenario, string Path, IReadOnlyDictionary<string, string> Headers, string Raw)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly Lazy<Recording[]> Reports = new(() => Read("Recordings"));
    private static readonly Lazy<Recording[]> LicenseCalls = new(() => Read("LicenseRecordings"));

    /// <summary>Every recorded report of the five apps.</summary>
    public static IReadOnlyList<Recording> All => Reports.Value;

    /// <summary>Every recorded license call of the five apps.</summary>
    public static IReadOnlyList<Recording> Licenses => LicenseCalls.Value;

    public static Recording Find(string name) => All.Single(recording => recording.Name == name);

    public string Name => $"{Build}-{Scenario}";

    private static Recording[] Read(string folder) =>
        [.. Directory.GetFiles(System.IO.Path.Combine(AppContext.BaseDirectory, folder), "*.json").Order()
            .Select(file => JsonSerializer.Deserialize<Recording>(File.ReadAllText(file), Json)!)];
}
