using Telemetry.Cli.Commands.Installation.Checks;

namespace Telemetry.Cli.Commands.Installation;

/// <summary><c>telemetry doctor --json</c>.</summary>
internal sealed record CheckupDocument(string Result, IReadOnlyList<CheckDocument> Checks)
{
    public static CheckupDocument Of(IReadOnlyCollection<Check> checks) => new(
        EventText.NameOf(checks.Select(check => check.Level).Where(level => level != CheckLevel.Skip)
            .DefaultIfEmpty(CheckLevel.Ok).Max()),
        [.. checks.Select(check => new CheckDocument(check.Name, EventText.NameOf(check.Level), check.Message))]);
}
