using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Telemetry.Server.Insights;

/// <summary>Configuration section "Insights".</summary>
internal sealed class InsightsOptions
{
    public const string Section = "Insights";

    /// <summary>Watchers of questions at a time; a further one is told to come back. Default: 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxWatchers { get; set; } = 1_000;
}

/// <summary>Holds the ranges that the options declare; the code is generated.</summary>
[OptionsValidator]
internal sealed partial class InsightsOptionsValidator : IValidateOptions<InsightsOptions>;
