using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Telemetry.Cli;

/// <summary>An option that takes a whole number, zero or more, and says so when it is none.</summary>
internal sealed class NumberOption : Option<int?>
{
    public NumberOption(string name)
        : base(name) =>
        CustomParser = Parse;

    private int? Parse(ArgumentResult result)
    {
        if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        result.AddError($"{Name} is a whole number, zero or more.");
        return null;
    }
}
