using Bench.Insights;

return await InsightsBench.RunAsync(args, plan => null).ConfigureAwait(false);
