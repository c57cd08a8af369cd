using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Telemetry.Server.Licensing;

/// <summary>Section "Licensing": how licenses are issued and checked.</summary>
internal sealed class LicensingOptions
{
    public const string Section = "Licensing";

    /// <summary>What new keys begin with unless the request says otherwise: 2 to 8 capital letters and digits. Default: "LIC".</summary>
    [RegularExpression("[A-Z0-9]{2,8}")]
    public string KeyPrefix { get; set; } = "LIC";

    /// <summary>Days without a check after which an installation's seat falls free. Default: 30.</summary>
    [Range(1, 400)]
    public int LeaseDays { get; set; } = 30;

    /// <summary>When a token asks to be renewed. Default: 1 day.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan RefreshAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a token is good without the server, at most until the license ends. Default: 14 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan OfflineFor { get; set; } = TimeSpan.FromDays(14);

    /// <summary>
    /// Directory of the private keys that sign tokens, made with access for its owner alone. Default: "signing" in the
    /// data directory. Keep a copy: apps trust the root key in it.
    /// </summary>
    public string? KeyDirectory { get; set; }

    /// <summary>Age at which a new signing key takes over. Default: 90 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeyRotation { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// Wrong keys that one caller may try within an hour; zero switches the limit off. Behind a proxy all callers look
    /// alike; a check of an installation that has its seat is never refused. Default: 60.
    /// </summary>
    [Range(0, 1_000_000)]
    public int WrongKeysPerHour { get; set; } = 60;
}

/// <summary>Holds the ranges that the options declare; the code is generated.</summary>
[OptionsValidator]
internal sealed partial class LicensingOptionsValidator : IValidateOptions<LicensingOptions>;
