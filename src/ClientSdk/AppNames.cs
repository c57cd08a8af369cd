using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>Apps as people write them, e.g. "roomvox".</summary>
internal static class AppNames
{
    public static string Of(App app) => app.ToString().ToLowerInvariant();

    public static App? Find(string name) =>
        Enum.GetValues<App>().Cast<App?>().FirstOrDefault(app =>
            app != App.Unspecified && string.Equals(Of(app!.Value), name, StringComparison.OrdinalIgnoreCase));
}
