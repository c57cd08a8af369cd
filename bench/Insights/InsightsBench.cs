using System.Diagnostics;
using System.Globalization;
using Telemetry.Server.Hosting;
using Telemetry.Server.Insights.Projection;

namespace Bench.Insights;

/// <summary>Questions about a large fleet, in one process: how fast, what they cost others, what keeping the answers at hand costs.</summary>
internal static class InsightsBench
{
    /// <param name="args">What to measure; see the bench's README.</param>
    /// <param name="referenceOf">Makes the engine to stand beside; null for none.</param>
    public static async Task<int> RunAsync(string[] args, Func<FleetPlan, IFleetReference?> referenceOf)
    {
        int Option(string name, int standard) => Array.IndexOf(args, name) is var at and >= 0
            ? int.Parse(args[at + 1], CultureInfo.InvariantCulture)
            : standard;

        var plan = new FleetPlan(Option("--installations", 1_000_000), Option("--days", 400));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var projection = new FleetProjection(plan.Registry, args.Contains("--serve") ? TimeProvider.System : new FleetClock(plan));
        using var reference = args.Contains("--serve") ? null : referenceOf(plan);
        var builder = new FleetBuilder(plan, reference is null ? null : reference.Add);
        var watch = Stopwatch.StartNew();
        builder.Build(projection);
        reference?.Complete();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{plan.Installations:N0} installations, {plan.Days} days, {builder.Reports:N0} reports, {builder.Changes:N0} changes of {plan.Paths.Count} dimensions; made in {watch.Elapsed.TotalSeconds:0} s."));
        if (args.Contains("--serve"))
        {
            return await ServeAsync(args, projection).ConfigureAwait(false);
        }

        var table = new Table(Console.Out);
        table.Row("memory, bytes an installation", [(GC.GetTotalMemory(forceFullCollection: true) - before) / (double)plan.Installations], "B", 300);
        if (reference is not null)
        {
            table.Row($"{reference.Name}, bytes an installation on disk", [reference.Bytes / (double)plan.Installations], "B");
        }

        var questions = new QuestionBench(plan, projection, reference);
        Console.WriteLine();
        questions.Run(Console.Out, Option("--rounds", 100));
        Console.WriteLine();
        var keeping = new Table(Console.Out);
        WriterBench.Run(keeping, projection, questions.Points, questions.Series);
        KeepingBench.Run(keeping, plan, projection);
        await RebuildBench.RunAsync(keeping).ConfigureAwait(false);
        return table.AllMet && keeping.AllMet ? 0 : 1;
    }

    /// <summary>A real server with this fleet, to look at from a browser: its past ends on the day of today.</summary>
    private static Task<int> ServeAsync(string[] args, FleetProjection projection) => ServerProgram.RunAsync(
        [.. args.SkipWhile(argument => argument != "--serve").Skip(1)], host => host.Services.AddSingleton(projection));
}
