using System.Text.RegularExpressions;

namespace Telemetry.Contracts.Rules;

/// <summary>Apps' names in reports, licenses and directories, e.g. "roomvox".</summary>
internal static partial class AppSlug
{
    /// <summary>The rule in words.</summary>
    public const string Rule = "2 to 32 lower-case letters, digits and hyphens, beginning with a letter";

    public const int MaxLength = 32;

    public static bool IsValid(string? text) => text is not null && Slug().IsMatch(text);

    /// <exception cref="ArgumentException">It is none.</exception>
    public static void ThrowIfInvalid(string app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (!IsValid(app))
        {
            throw new ArgumentException($"An app's name is {Rule}.", nameof(app));
        }
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,31}\z")]
    private static partial Regex Slug();
}
