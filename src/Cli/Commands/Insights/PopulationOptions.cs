using System.CommandLine;
using System.Globalization;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Insights;

/// <summary>The options that say which installations a question is about.</summary>
internal sealed class PopulationOptions
{
    private readonly Option<string[]> _apps = new("--app") { Description = "Only this app, e.g. roomvox." };
    private readonly Option<string[]> _filters = new("--filter")
    {
        Description = "Only with one of these values of a field, e.g. environment.country=DE,AT; != for any other, and nothing for "
            + "what was not reported. FIELD:2 compares the first two numbers of a version.",
    };

    public IEnumerable<Option> All => [_apps, _filters];

    public IEnumerable<string> AppsIn(ParseResult parsed) => (parsed.GetValue(_apps) ?? []).Select(AppName.Parse);

    public IEnumerable<FieldFilter> FiltersIn(ParseResult parsed) => (parsed.GetValue(_filters) ?? []).Select(FilterOf);

    /// <summary>A field with how many numbers of a version are told apart: "environment.php_version:2".</summary>
    /// <exception cref="CliUsageException">It is none.</exception>
    public static (string Field, uint Parts) FieldOf(string option, string text) => text.Split(':') switch
    {
        [{ Length: > 0 } field] => (field, 0),
        [{ Length: > 0 } field, var parts] when uint.TryParse(parts, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 1 and <= 4 => (field, number),
        _ => throw new CliUsageException($"{option} takes FIELD, or FIELD:PARTS with 1 to 4 numbers of a version, e.g. environment.php_version:2."),
    };

    private static FieldFilter FilterOf(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        var exclude = at > 1 && text[at - 1] == '!';
        if (at < 1)
        {
            throw new CliUsageException("--filter is FIELD=VALUE[,VALUE] or FIELD!=VALUE[,VALUE]; 'telemetry query --fields' lists the fields.");
        }

        var (field, parts) = FieldOf("--filter", text[..(exclude ? at - 1 : at)]);
        return new FieldFilter { Field = field, Exclude = exclude, VersionParts = parts, Values = { text[(at + 1)..].Split(',') } };
    }
}
