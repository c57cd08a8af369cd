using System.Globalization;
using Bench;

// bench [SCENARIO...] [--rounds N] [--seconds S] [--warm-up S] [--rate PER_SECOND]
var names = args.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToList();
double Option(string name, double standard) => Array.IndexOf(args, name) is var at and >= 0
    ? double.Parse(args[at + 1], CultureInfo.InvariantCulture)
    : standard;

var table = new Table(Console.Out);
var scenarios = new Scenarios(
    table, (int)Option("--rounds", 8), TimeSpan.FromSeconds(Option("--warm-up", 10)),
    TimeSpan.FromSeconds(Option("--seconds", 10)), Option("--rate", 0) is var rate and > 0 ? rate : null).All;
foreach (var name in names.Count > 0 ? names : [.. scenarios.Keys])
{
    if (!scenarios.TryGetValue(name, out var scenario))
    {
        Console.Error.WriteLine($"Unknown scenario '{name}'. There are: {string.Join(", ", scenarios.Keys)}.");
        return 2;
    }

    scenario();
}

return table.AllMet ? 0 : 1;
