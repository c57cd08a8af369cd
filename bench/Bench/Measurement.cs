using Bench.Load;
using Bench.Servers;

namespace Bench;

/// <summary>One load against one server, with what it cost that server.</summary>
/// <param name="Load">What the load saw.</param>
/// <param name="CpuMicroseconds">Server CPU per answer.</param>
/// <param name="AllocatedBytes">Bytes allocated per answer.</param>
internal sealed record Measurement(LoadResult Load, double CpuMicroseconds, double AllocatedBytes)
{
    public static Measurement Of(ServerProcess server, Func<Action, LoadResult> run, int reportsPerAnswer = 1)
    {
        var cpu = new List<double>();
        var allocated = new List<long>();
        var load = run(() =>
        {
            cpu.Add(server.CpuSeconds);
            allocated.Add(server.AllocatedBytes);
        });
        if (load.Errors > 0)
        {
            throw new InvalidOperationException($"{load.Errors} requests failed; a measurement of errors is worth nothing.");
        }

        var reports = (double)load.Done * reportsPerAnswer;
        return new Measurement(load, (cpu[1] - cpu[0]) * 1e6 / reports, (allocated[1] - allocated[0]) / reports);
    }
}
