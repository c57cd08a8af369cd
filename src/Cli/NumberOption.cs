using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Telemetry.Cli;

/// <summary>An option that takes a whole number, and says which ones when it is given another.</summary>
internal sealed class NumberOption : Option<int?>
{
    private readonly int _least;
    private readonly int _most;

    public NumberOption(string name, int least, int most)
        : base(name)
    {
        (_least, _most) = (least, most);
        CustomParser = Parse;
    }

    private int? Parse(ArgumentResult result)
    {
        if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= _least && number <= _most)
        {
            return number;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{Name} is a whole number from {_least} to {_most}."));
        return null;
    }
}
