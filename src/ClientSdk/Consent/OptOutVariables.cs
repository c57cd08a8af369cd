using Telemetry.Contracts.Rules;

namespace Telemetry.Client;

/// <summary>The environment variables that switch reports off.</summary>
/// <remarks>
/// Unset, empty, "0", "false", "no" and "off" do not; every other value does, because whoever sets such a variable to
/// something unexpected hardly means yes. Blanks around a value and its case do not matter.
/// </remarks>
public static class OptOutVariables
{
    /// <summary>The variable that all well-behaved software heeds (consoledonottrack.com).</summary>
    public const string DoNotTrack = "DO_NOT_TRACK";

    private static readonly string[] NoOptOut = ["", "0", "false", "no", "off"];

    /// <summary>The app's own variable, e.g. "ROOMVOX_TELEMETRY_OPTOUT"; a hyphen becomes an underscore.</summary>
    /// <param name="app">The app's slug.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static string Of(string app)
    {
        AppSlug.ThrowIfInvalid(app);
        return app.ToUpperInvariant().Replace('-', '_') + "_TELEMETRY_OPTOUT";
    }

    /// <summary>Whether a variable's value opts out.</summary>
    /// <param name="value">The value; null when the variable is not set.</param>
    public static bool OptsOut(string? value) =>
        value is not null && !NoOptOut.Contains(value.Trim(), StringComparer.OrdinalIgnoreCase);

    /// <summary>The name of the first variable that opts out; null when none does.</summary>
    internal static string? Find(string app, Func<string, string?> variable) =>
        new[] { DoNotTrack, Of(app) }.FirstOrDefault(name => OptsOut(variable(name)));
}
