using System.Text.Json.Serialization;

namespace Telemetry.Client.Licensing;

/// <summary>The state file's content. The first three fields say whose it is; the tokens are verified when read.</summary>
internal sealed record LicenseMemoryDocument(
    int Version,
    string App,
    string Instance,
    string Key,
    string? Proof,
    string? Keys,
    string? Revocations,
    string? Refusal,
    DateTimeOffset? LatestTime,
    bool ClockWentBack,
    TimeSpan Correction,
    DateTimeOffset? LastCheckedAt,
    bool Released)
{
    public const int CurrentVersion = 1;

    /// <summary>A clock that differs by more cannot be reckoned with.</summary>
    public static readonly TimeSpan LargestCorrection = TimeSpan.FromDays(36_525);

    /// <summary>Whether the numbers are such that time can be reckoned with them.</summary>
    [JsonIgnore]
    public bool IsPlausible => Version == CurrentVersion && Correction < LargestCorrection && Correction > -LargestCorrection;
}
