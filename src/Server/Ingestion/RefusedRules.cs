using System.Collections.Concurrent;
using Telemetry.Schema;

namespace Telemetry.Server.Ingestion;

/// <summary>How many reports broke which rule since the start. Knows fields and rules, never what was sent.</summary>
internal sealed class RefusedRules(TimeProvider time)
{
    /// <summary>Fields and rules are the contracts' own; should they be more, the rest is not told apart.</summary>
    private const int MaxRules = 1_000;

    private readonly ConcurrentDictionary<(string Field, string Rule), long> _counts = new();

    public DateTimeOffset Since { get; } = time.GetUtcNow();

    public IReadOnlyList<(string Field, string Rule, long Reports)> All =>
        [.. _counts.Select(pair => (pair.Key.Field, pair.Key.Rule, pair.Value)).OrderByDescending(rule => rule.Value).ThenBy(rule => rule.Field, StringComparer.Ordinal)];

    public void Add(IReadOnlyList<Violation> violations)
    {
        foreach (var violation in violations)
        {
            var key = (violation.Field, violation.Description);
            if (_counts.ContainsKey(key) || _counts.Count < MaxRules)
            {
                _counts.AddOrUpdate(key, 1, (_, count) => count + 1);
            }
        }
    }
}
