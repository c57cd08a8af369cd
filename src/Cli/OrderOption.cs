using System.CommandLine;
using System.CommandLine.Parsing;

namespace Telemetry.Cli;

/// <summary>An option that says what a list is ordered by: "last-seen", or "-last-seen" for the largest first.</summary>
internal sealed class OrderOption : Option<string?>
{
    private readonly string[] _names;

    /// <param name="names">What the list can be ordered by, e.g. "last-seen".</param>
    public OrderOption(params string[] names)
        : base("--sort")
    {
        _names = names;
        Description = $"Order by {string.Join(", ", names)}; with a minus before it, the largest first.";
        CustomParser = Parse;
    }

    /// <returns>As the contract's order_by wants it: "last_seen desc".</returns>
    private string? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var descending = text.StartsWith('-');
        if (_names.Contains(descending ? text[1..] : text))
        {
            return descending ? text[1..].Replace('-', '_') + " desc" : text.Replace('-', '_');
        }

        result.AddError($"{Name} is one of: {string.Join(", ", _names)}; with a minus before it, the largest comes first.");
        return null;
    }
}
