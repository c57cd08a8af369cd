using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>Where state directories lie when nothing else is said.</summary>
public static class InstallationDirectories
{
    /// <summary>
    /// The user's local application data, whether or not it exists yet; the machine's where an account has none, as that
    /// of a Windows service can be.
    /// </summary>
    private static string DefaultBase => Folder(System.Environment.SpecialFolder.LocalApplicationData) is { Length: > 0 } own
        ? own
        : Folder(System.Environment.SpecialFolder.CommonApplicationData);

    /// <summary>The default directory of an app, for the user who runs this process.</summary>
    /// <param name="app">The app.</param>
    public static string DefaultFor(App app) => Path.Combine(DefaultBase, "telemetry", AppNames.Of(app));

    // Unless told not to, .NET answers with nothing when the folder is not there, as with a fresh service account.
    private static string Folder(System.Environment.SpecialFolder folder) =>
        System.Environment.GetFolderPath(folder, System.Environment.SpecialFolderOption.DoNotVerify);
}
