namespace Telemetry.Server.Model;

/// <summary>All that one event means. Bits are stored: never change one. There are six; <see cref="OwnershipChange"/> has the other two of the byte.</summary>
[Flags]
internal enum EventKinds
{
    None = 0,
    ReportAccepted = 1 << 0,

    /// <summary>The first report of this installation and app.</summary>
    InstanceDiscovered = 1 << 1,

    /// <summary>The first report after 30 days or more of silence.</summary>
    InstanceReturned = 1 << 2,

    /// <summary>The app's version differs from the report before.</summary>
    AppVersionChanged = 1 << 3,

    /// <summary>The report's Enterprise claim was refused.</summary>
    ClaimRefused = 1 << 4,
}
