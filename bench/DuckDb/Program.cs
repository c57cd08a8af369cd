using Bench.DuckDb;
using Bench.Insights;

return await InsightsBench.RunAsync(args, plan => new DuckDbFleet(plan)).ConfigureAwait(false);
