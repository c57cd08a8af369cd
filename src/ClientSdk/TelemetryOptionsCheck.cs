using System.Text.RegularExpressions;
using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>Finds what is wrong with options, all at once: the developer's mistakes, found at the first start.</summary>
internal static partial class TelemetryOptionsCheck
{
    /// <exception cref="ArgumentException">Something is wrong; the message names every option and its rule.</exception>
    public static void ThrowIfWrong(TelemetryOptions options)
    {
        var problems = Problems(options).ToList();
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", problems), nameof(options));
        }
    }

    /// <summary>The installation's hash, from whichever option has it.</summary>
    public static string InstanceHashOf(TelemetryOptions options) =>
        options.InstanceHash ?? InstanceHash.FromUrl(options.InstanceUrl!);

    /// <summary>The directory that is meant, also when none is given.</summary>
    public static string StateDirectoryOf(TelemetryOptions options) =>
        options.StateDirectory ?? InstallationDirectories.DefaultFor(options.App);

    private static IEnumerable<string> Problems(TelemetryOptions options)
    {
        if (options.App == App.Unspecified || !Enum.IsDefined(options.App))
        {
            yield return "App must be set to the app that reports.";
        }

        if (!Version().IsMatch(options.AppVersion) || options.AppVersion.Length > 64)
        {
            yield return "AppVersion must be one to four numbers separated by dots, then optionally a label such as "
                + "\"-rc1\", at most 64 characters.";
        }

        if (options.Server is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
        {
            yield return "Server must be an absolute http or https address.";
        }

        if (options.InstanceHash is { } hash ? !Hash().IsMatch(hash) : string.IsNullOrWhiteSpace(options.InstanceUrl))
        {
            yield return "InstanceUrl must be the installation's URL, or InstanceHash 64 lower-case hexadecimal digits.";
        }

        if (options.StateDirectory is null && InstallationDirectories.DefaultBase.Length == 0)
        {
            yield return "StateDirectory must be set: this user has no folder for application data.";
        }

        if (options.Timeout <= TimeSpan.Zero || options.Timeout > TimeSpan.FromMinutes(1))
        {
            yield return "Timeout must be positive and at most a minute.";
        }
    }

    [GeneratedRegex(@"\A[0-9]+(\.[0-9]+){0,3}([-.+]?[0-9A-Za-z.+-]+)?\z")]
    private static partial Regex Version();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Hash();
}
