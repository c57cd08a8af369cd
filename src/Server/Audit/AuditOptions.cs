using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Telemetry.Server.Audit;

/// <summary>Section "Audit": how long the audit log goes back.</summary>
internal sealed class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>Days that entries are kept. Default: 730, two years.</summary>
    [Range(31, 36_500)]
    public int KeepDays { get; set; } = 730;
}

/// <summary>Holds the ranges that the options declare; the code is generated.</summary>
[OptionsValidator]
internal sealed partial class AuditOptionsValidator : IValidateOptions<AuditOptions>;
