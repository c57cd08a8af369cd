using Bench.Insights;

return args.Contains("--years")
    ? await YearsBench.RunAsync(args).ConfigureAwait(false)
    : await InsightsBench.RunAsync(args, plan => null).ConfigureAwait(false);
