namespace Bench.Insights;

/// <summary>Another engine that has the same fleet and answers some of the questions.</summary>
internal interface IFleetReference : IDisposable
{
    string Name { get; }

    /// <summary>Takes a stretch in; called by one thread.</summary>
    void Add(Run run);

    /// <summary>Called once, when all are in.</summary>
    void Complete();

    /// <summary>What it takes on disk.</summary>
    long Bytes { get; }

    /// <summary>Counts installations active on a day by up to two dimensions.</summary>
    /// <param name="app">The app's place; null for all.</param>
    /// <param name="day">The day.</param>
    /// <param name="window">Over how many days, 7 or more.</param>
    /// <param name="filters">Dimensions with the codes that pass.</param>
    /// <param name="groupBy">Dimensions.</param>
    /// <returns>Counts by codes, those of nobody left out.</returns>
    Dictionary<(int First, int Second), long> Count(int? app, int day, int window, IReadOnlyList<(string Path, int[] Codes)> filters, IReadOnlyList<string> groupBy);

    /// <summary>The same for each of many days, by one dimension.</summary>
    Dictionary<(int Day, int Code), long> Series(int? app, int first, int last, int window, IReadOnlyList<(string Path, int[] Codes)> filters, string groupBy);
}
