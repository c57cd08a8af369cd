namespace Telemetry.EndToEnd.Tests.Faults;

/// <summary>Figures that docs/operations/limits.md states, on the screen of who runs the tests with <c>--output detailed</c>.</summary>
internal static class Figures
{
    public static void Tell(FormattableString figures) =>
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(figures));
}
