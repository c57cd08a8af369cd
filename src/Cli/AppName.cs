using Telemetry.Contracts.Rules;

namespace Telemetry.Cli;

/// <summary>Apps as people name them.</summary>
internal static class AppName
{
    /// <returns>The app's slug. Whether there is such an app, the server knows.</returns>
    /// <exception cref="CliUsageException">No app can have that name.</exception>
    public static string Parse(string name) => name.ToLowerInvariant() is var slug && AppSlug.IsValid(slug)
        ? slug
        : throw new CliUsageException($"--app is an app's name, e.g. roomvox: {AppSlug.Rule}.");
}
