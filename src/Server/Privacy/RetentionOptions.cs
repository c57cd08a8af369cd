using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Telemetry.Server.Privacy;

/// <summary>Section "Retention": how long what is stored is kept. There is no value that means for ever.</summary>
internal sealed class RetentionOptions : IValidatableObject
{
    public const string Section = "Retention";

    private const int Longest = 36_500;

    /// <summary>Whole days for which reports are kept; deleted within a day after. Default: 396, which is 13 months.</summary>
    [Range(31, Longest)]
    public int ReportDays { get; set; } = 396;

    /// <summary>
    /// Whole days for which is kept what the insights count by the day, and an installation that reports no more with its latest
    /// values; not less than <see cref="ReportDays"/>. Default: 1,100, which is three years.
    /// </summary>
    [Range(31, Longest)]
    public int DailyFactDays { get; set; } = 1_100;

    /// <summary>Whole days for which a license is kept, with its seats, after it ended or was revoked. Default: 3,650.</summary>
    [Range(31, Longest)]
    public int LicenseDays { get; set; } = 3_650;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DailyFactDays < ReportDays)
        {
            yield return new ValidationResult(
                $"{Section}:DailyFactDays ({DailyFactDays}) must not be less than {Section}:ReportDays ({ReportDays}): what a report tells of a day is in it too.");
        }
    }
}

/// <summary>Holds the ranges that the options declare; the code is generated.</summary>
[OptionsValidator]
internal sealed partial class RetentionOptionsValidator : IValidateOptions<RetentionOptions>;
