using Telemetry.Client;

namespace Telemetry.ClientSdk.Tests.Consent;

/// <summary>A row of the documented truth table: each of the first four cells is a list of what it covers, or "any".</summary>
internal sealed record ConsentRow(
    string Environment, string CommandLine, string Administrator, string Default, ReportingMode Mode, ConsentSource Source)
{
    public static ConsentRow Of(string[] cells) => new(
        cells[0], cells[1], cells[2], cells[3],
        Enum.Parse<ReportingMode>(cells[4], ignoreCase: true),
        Enum.Parse<ConsentSource>(cells[5].Replace(" ", "", StringComparison.Ordinal), ignoreCase: true));

    public bool Covers(bool optsOut, ReportingMode? commandLine, string administrator, ConsentModel model) =>
        Has(Environment, optsOut ? "opts out" : "–")
        && Has(CommandLine, commandLine?.ToString() ?? "–")
        && Has(Administrator, administrator)
        && Has(Default, model.ToString());

    private static bool Has(string cell, string said) =>
        cell == "any" || cell.Split(", ").Contains(said, StringComparer.OrdinalIgnoreCase);
}
