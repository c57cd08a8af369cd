using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Telemetry.Server.Backups;

/// <summary>Section "Backup": where backups are, how often one is made, and how many are kept.</summary>
internal sealed class BackupOptions
{
    public const string Section = "Backup";

    /// <summary>Directory of the backups, best on another disk; one server's own. Default: none, and then no backup is made.</summary>
    public string? Directory { get; set; }

    /// <summary>Hours between two backups; 0: only when asked for. Default: 24.</summary>
    [Range(0, 8_760)]
    public int EveryHours { get; set; } = 24;

    /// <summary>How many backups are kept; older ones are deleted once a new one is whole. Default: 14.</summary>
    [Range(1, 10_000)]
    public int Keep { get; set; } = 14;

    /// <summary>
    /// Directory for a copy of the secret and the signing keys, which are in no backup; apart from <see cref="Directory"/>.
    /// Default: none, and then whoever runs the server keeps a copy.
    /// </summary>
    public string? SecretsDirectory { get; set; }
}

/// <summary>Holds the ranges that the options declare; the code is generated.</summary>
[OptionsValidator]
internal sealed partial class BackupOptionsValidator : IValidateOptions<BackupOptions>;

/// <summary>Where what a backup is made of lies.</summary>
/// <param name="Data">The data directory.</param>
/// <param name="Secret">The file with the secret.</param>
/// <param name="Keys">The directory of the signing keys.</param>
/// <param name="Server">The server's version.</param>
internal sealed record BackupSources(string Data, string Secret, string Keys, string Server);
