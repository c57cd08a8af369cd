using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Telemetry.Server.Ingestion;

/// <summary>Section "Ingestion": how reports are taken in.</summary>
internal sealed class IngestionOptions
{
    public const string Section = "Ingestion";

    /// <summary>
    /// Shortest time between two accepted reports of one installation and app; zero switches the limit off.
    /// Default: 1 hour, which the existing apps know.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan MinimumInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Shortest time between the beginnings of two commits while several callers report at a time; a lone caller never
    /// waits for it. What is left of it is waited for in whole milliseconds, rounded down. A commit costs about the same
    /// whether it has one report or fifty. Default: 2 ms; zero never gathers.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan GatherInterval { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Reports that may wait for a commit; when full, callers are told to retry. Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int QueueCapacity { get; set; } = 10_000;

    /// <summary>
    /// Most reports in one commit, give or take those of one request. Default: 2,000, beyond which larger commits gain
    /// nothing.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxBatch { get; set; } = 2_000;
}

/// <summary>Holds the ranges that the options declare; the code is generated.</summary>
[OptionsValidator]
internal sealed partial class IngestionOptionsValidator : IValidateOptions<IngestionOptions>;
