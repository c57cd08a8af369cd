using System.Globalization;

namespace Bench;

/// <summary>Results as Markdown: medians over rounds with their range, and the target beside them.</summary>
internal sealed class Table(TextWriter output)
{
    private bool _started;

    /// <summary>Whether every target so far was met.</summary>
    public bool AllMet { get; private set; } = true;

    public void Ratio(string what, IReadOnlyList<double> values, double target, bool atLeast = false) =>
        Row(what, values, "x", target, atLeast);

    public void Row(string what, IReadOnlyList<double> values, string unit, double? target = null, bool atLeast = false)
    {
        if (!_started)
        {
            _started = true;
            output.WriteLine("| what | median | min to max | target | |");
            output.WriteLine("| --- | --- | --- | --- | --- |");
        }

        var sorted = values.Order().ToArray();
        var median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        var met = target is null || (atLeast ? median >= target : median <= target);
        AllMet &= met;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {what} | {Text(median)} {unit} | {Text(sorted[0])} to {Text(sorted[^1])} | "
            + $"{(target is null ? "" : $"{(atLeast ? "at least" : "at most")} {Text(target.Value)}")} | "
            + $"{(target is null ? "" : met ? "met" : "MISSED")} |"));
        output.Flush();
    }

    private static string Text(double value) => Math.Abs(value) switch
    {
        >= 1000 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
