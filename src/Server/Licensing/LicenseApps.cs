using System.Collections.Frozen;
using Telemetry.Server.Model;

namespace Telemetry.Server.Licensing;

/// <summary>The words by which apps name themselves in license calls and tokens.</summary>
internal static class LicenseApps
{
    private static readonly FrozenDictionary<string, App> ByName = Enum.GetValues<App>()
        .Where(app => app != App.Unknown)
        .ToFrozenDictionary(app => app.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    private static readonly FrozenDictionary<App, string> Names = ByName.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    public static string NameOf(App app) => Names[app];

    /// <summary>The app; unknown when there is none of that name.</summary>
    public static App Parse(string name) => ByName.GetValueOrDefault(name);
}
