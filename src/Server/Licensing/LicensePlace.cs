namespace Telemetry.Server.Licensing;

/// <summary>What a good verdict means for the installation's place under the licence.</summary>
internal enum LicensePlace
{
    /// <summary>There is none to speak of: the verdict is a refusal.</summary>
    None,

    /// <summary>It has one.</summary>
    Kept,

    /// <summary>It takes a free one, or one beyond the number allowed where the licence lets it.</summary>
    Taken,

    /// <summary>It takes over the one it had under its previous hash.</summary>
    Moved,
}
