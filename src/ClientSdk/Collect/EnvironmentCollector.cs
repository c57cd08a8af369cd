using System.Globalization;
using System.Runtime.InteropServices;
using Telemetry.Contracts.V1;
using Report = Telemetry.Contracts.V1.Environment;

namespace Telemetry.Client.Collect;

/// <summary>What the SDK finds out by itself about the system: the family, never a name.</summary>
internal static class EnvironmentCollector
{
    public static Report Collect(HostFacts facts, Func<string, string?> variable)
    {
        var found = new Report
        {
            DotnetVersion = System.Environment.Version.ToString(),
            Country = facts.Country ?? "",
            Database = facts.Database,
            Language = facts.Language ?? ProcessLanguage(),
            Timezone = facts.Timezone ?? LocalTimezone(),
            OsFamily = Family(),
            WebServer = facts.WebServer,
        };
        if (InContainer(variable) is { } inContainer)
        {
            found.Container = inContainer;
        }

        return found;
    }

    private static OsFamily Family()
    {
        if (OperatingSystem.IsLinux())
        {
            return OsFamily.Linux;
        }

        if (OperatingSystem.IsWindows())
        {
            return OsFamily.Windows;
        }

        if (OperatingSystem.IsMacOS())
        {
            return OsFamily.Macos;
        }

        return OperatingSystem.IsFreeBSD() || RuntimeInformation.IsOSPlatform(OSPlatform.Create("NETBSD"))
            || RuntimeInformation.IsOSPlatform(OSPlatform.Create("OPENBSD"))
                ? OsFamily.Bsd
                : OsFamily.Other;
    }

    /// <summary>
    /// What the process started with or was set to as a whole; never the current culture, which is the visitor's while a
    /// web app answers one.
    /// </summary>
    private static string ProcessLanguage() =>
        (CultureInfo.DefaultThreadCurrentCulture ?? CultureInfo.InstalledUICulture).Name;

    private static string LocalTimezone()
    {
        var local = TimeZoneInfo.Local;
        if (local.HasIanaId)
        {
            return local.Id;
        }

        return TimeZoneInfo.TryConvertWindowsIdToIanaId(local.Id, out var iana) ? iana : "";
    }

    /// <summary>.NET's images set the variable; Docker and Podman leave a file. Elsewhere it is not known.</summary>
    private static bool? InContainer(Func<string, string?> variable)
    {
        if (variable("DOTNET_RUNNING_IN_CONTAINER") is "true" or "1")
        {
            return true;
        }

        return OperatingSystem.IsLinux() ? File.Exists("/.dockerenv") || File.Exists("/run/.containerenv") : null;
    }
}
