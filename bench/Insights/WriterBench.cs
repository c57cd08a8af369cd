using System.Diagnostics;
using Telemetry.Server.Insights.Projection;

namespace Bench.Insights;

/// <summary>How long the thread that applies waits for the gate while questions are asked without a pause.</summary>
internal static class WriterBench
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    public static void Run(Table table, FleetProjection projection, IReadOnlyList<Action> points, IReadOnlyList<Action> series)
    {
        Measure(table, "nobody asks", projection, []);
        Measure(table, "point questions without a pause", projection, points);
        Measure(table, "series of 400 days without a pause", projection, series);
    }

    private static void Measure(Table table, string what, FleetProjection projection, IReadOnlyList<Action> questions)
    {
        var waits = new List<double>();
        using var stop = new CancellationTokenSource();
        var asking = questions.Count == 0 ? Task.CompletedTask : Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                questions[i % questions.Count]();
            }
        });
        var (collections, pause) = (GC.CollectionCount(0), GC.GetTotalPauseDuration());
        using var due = new ManualResetEventSlim();
        for (var run = Stopwatch.StartNew(); run.Elapsed < Duration;)
        {
            // A thousand times a second, as a busy server commits.
            due.Wait(1);
            var began = Stopwatch.GetTimestamp();
            projection.Change(_ => waits.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds));
        }

        stop.Cancel();
        asking.GetAwaiter().GetResult();
        waits.Sort();
        table.Row($"the writer's wait, {what}, p50", [waits[waits.Count / 2]], "ms");
        table.Row($"the writer's wait, {what}, p99", [waits[(int)(waits.Count * 0.99)]], "ms");
        table.Row($"collections meanwhile, {what}: {GC.CollectionCount(0) - collections}, pauses in all", [(GC.GetTotalPauseDuration() - pause).TotalMilliseconds], "ms");
        table.Row($"the writer's wait, {what}, longest of {waits.Count:N0}", [waits[^1]], "ms", questions.Count == 0 ? null : 5);
    }
}
