using Telemetry.Server.Model;

namespace Telemetry.Server.Licensing;

/// <summary>What was found about a licence, an installation and an app.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Until">Until when it holds if nobody changes the licence; null when there is no such moment.</param>
/// <param name="Place">What it means for the installation's place.</param>
/// <param name="License">The licence; null when no licence has the key.</param>
internal sealed record LicenseJudgement(
    LicenseVerdict Verdict, DateTimeOffset? Until = null, LicensePlace Place = LicensePlace.None, License? License = null)
{
    public static readonly LicenseJudgement NotFound = new(LicenseVerdict.NotFound);
    public static readonly LicenseJudgement Malformed = new(LicenseVerdict.MalformedKey);

    public bool Licensed => Verdict is LicenseVerdict.Valid or LicenseVerdict.ValidInGrace;
}
