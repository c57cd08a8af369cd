using System.Diagnostics;
using Telemetry.Server.Insights.Files;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Insights.Questions;
using Activity = Telemetry.Server.Insights.Questions.Activity;

namespace Bench.Insights;

/// <summary>What the projection costs to keep: files, loading, erasing.</summary>
internal static class KeepingBench
{
    public static void Run(Table table, FleetPlan plan, FleetProjection projection)
    {
        var directory = Directory.CreateTempSubdirectory("telemetry-bench-insights-").FullName;
        try
        {
            var files = new ProjectionFiles(directory, projection, plan.Registry);
            table.Row("files, all of them written and synced", [Seconds(() => files.Write(all: true))], "s");
            table.Row("files, bytes an installation", [Directory.GetFiles(directory).Sum(file => new FileInfo(file).Length) / (double)plan.Installations], "B");
            foreach (var chunk in projection.Read((apps, _) => apps.SelectMany(app => app.Chunks).ToList()))
            {
                chunk.IsDirty = true;
            }

            table.Row("files, one chunk written and synced", [.. Enumerable.Range(0, 5).Select(_ => Seconds(() => files.Write(all: false)) * 1e3)], "ms");
            var before = Known(projection);
            using var loaded = new FleetProjection(plan.Registry, new FleetClock(plan));
            var reading = new ProjectionFiles(directory, loaded, plan.Registry);
            table.Row("start: files read and checked", [Seconds(() => reading.Load(_ => true, _ => 0))], "s", 3);
            if (Known(loaded) != before)
            {
                throw new InvalidOperationException("What was read is not what was written.");
            }

            var app = loaded.Read((apps, _) => apps.First());
            var ids = Enumerable.Range(0, 11).Select(i => app.Chunks[0].IdOf(1_000 + (i * 5_000 % app.Chunks[0].Count))).ToList();
            table.Row("one installation erased, with all its days", [.. ids.Select(id => Seconds(() => loaded.Erase(id, app.App)) * 1e3)], "ms");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static long Known(FleetProjection projection) =>
        (long)new QuestionEngine(projection).Ask(new Question { Activity = Activity.Known }).Total.Figures[0].Values[0];

    private static double Seconds(Action action)
    {
        var began = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}

/// <summary>Stands still late on the fleet's last day.</summary>
internal sealed class FleetClock(FleetPlan plan) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddDays(plan.LastDay).AddHours(23.9);
}
