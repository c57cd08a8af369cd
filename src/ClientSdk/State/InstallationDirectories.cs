using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>Where state directories lie when nothing else is said.</summary>
public static class InstallationDirectories
{
    /// <summary>The user's local application data; empty when the user has none.</summary>
    internal static string DefaultBase =>
        System.Environment.GetFolderPath(System.Environment.SpecialFolder.LocalApplicationData);

    /// <summary>The default directory of an app, for the user who runs this process.</summary>
    /// <param name="app">The app.</param>
    public static string DefaultFor(App app) => Path.Combine(DefaultBase, "telemetry", AppNames.Of(app));
}
