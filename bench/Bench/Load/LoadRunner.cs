using System.Diagnostics;
using System.Net;

namespace Bench.Load;

/// <summary>Runs connections on threads: warm-up first, then the measurement.</summary>
internal static class LoadRunner
{
    public static LoadResult Closed(
        IPEndPoint server, Func<int, IRequestSource> source, LoadPlan plan, Action? measuring = null) =>
        Run(plan.Connections, plan, measuring, (i, result, phase) =>
        {
            using var connection = new Http2Connection(server, source(i), result);
            connection.RunClosed(plan.Streams, () => phase.Update(measuring => connection.Measuring = measuring));
        });

    public static LoadResult Open(
        IPEndPoint server, Func<int, IRequestSource> source, double perSecond, LoadPlan plan, Action? measuring = null) =>
        Run(plan.Connections, plan, measuring, (i, result, phase) =>
        {
            using var connection = new Http2Connection(server, source(i), result);
            connection.RunOpen(
                perSecond / plan.Connections, () => phase.Update(measuring => connection.Measuring = measuring));
        });

    /// <summary>HTTP/1.1 has one request a connection, so there are as many connections as streams in all.</summary>
    public static LoadResult Http1(
        IPEndPoint server, Func<int, IRequestSource> source, string contentType, LoadPlan plan, Action? measuring = null) =>
        Run(plan.Connections * plan.Streams, plan, measuring, (i, result, phase) =>
        {
            using var connection = new Http1Connection(server, source(i), contentType, result);
            connection.RunClosed(() => phase.Update(measuring => connection.Measuring = measuring));
        });

    private static LoadResult Run(
        int connections, LoadPlan plan, Action? measuring, Action<int, LoadResult, LoadPhase> run)
    {
        var phase = new LoadPhase();
        var results = Enumerable.Range(0, connections).Select(_ => new LoadResult()).ToArray();
        var failures = new List<Exception>();
        var threads = results.Select((result, i) => new Thread(() =>
        {
            try
            {
                run(i, result, phase);
            }
            catch (Exception e)
            {
                lock (failures)
                {
                    failures.Add(e);
                }
            }
        })).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        Wait(plan.WarmUp);
        measuring?.Invoke();
        phase.Measure();
        var watch = Stopwatch.StartNew();
        Wait(plan.Duration);
        phase.Stop();
        var seconds = watch.Elapsed.TotalSeconds;
        measuring?.Invoke();
        foreach (var thread in threads)
        {
            thread.Join();
        }

        if (failures.Count > 0)
        {
            throw new InvalidOperationException("The load broke: " + failures[0].Message, failures[0]);
        }

        var total = new LoadResult { Seconds = seconds };
        foreach (var result in results)
        {
            total.Add(result);
        }

        return total;
    }

    private static void Wait(TimeSpan time) => Task.Delay(time).Wait();
}
