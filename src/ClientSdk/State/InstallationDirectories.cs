using Telemetry.Contracts.Rules;

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

    /// <summary>Where the default directories of all apps lie, for the user who runs this process.</summary>
    internal static string Root => Path.Combine(DefaultBase, "telemetry");

    /// <summary>The default directory of an app, for the user who runs this process.</summary>
    /// <param name="app">The app's slug.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static string DefaultFor(string app)
    {
        AppSlug.ThrowIfInvalid(app);
        return Path.Combine(Root, app);
    }

    // Unless told not to, .NET answers with nothing when the folder is not there, as with a fresh service account.
    private static string Folder(System.Environment.SpecialFolder folder) =>
        System.Environment.GetFolderPath(folder, System.Environment.SpecialFolderOption.DoNotVerify);
}
