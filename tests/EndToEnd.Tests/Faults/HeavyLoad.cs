namespace Telemetry.EndToEnd.Tests.Faults;

/// <summary>Tests that take the whole machine: one after the other, and beside nothing else, whose deadlines would suffer.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class HeavyLoad
{
    public const string Name = "heavy load";
}
