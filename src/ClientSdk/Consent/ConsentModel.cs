namespace Telemetry.Client;

/// <summary>What holds while an administrator has not decided; the vendor's choice.</summary>
public enum ConsentModel
{
    /// <summary>Off until switched on; later fields are withheld as with <see cref="BySchema"/>.</summary>
    OptIn = 0,

    /// <summary>
    /// On until switched off; fields that came after the first start, or after the administrator last said yes, are
    /// withheld until the administrator says yes to them.
    /// </summary>
    BySchema = 1,

    /// <summary>On until switched off, with every field that the app's version knows.</summary>
    OptOut = 2,
}
