namespace Telemetry.Client;

/// <summary>The kinds of <see cref="CollectedResult"/>, for records and scripts.</summary>
public enum CollectedResultKind
{
    /// <summary><see cref="CollectedResult.Shown"/>.</summary>
    Shown = 0,

    /// <summary><see cref="CollectedResult.Deleted"/>.</summary>
    Deleted = 1,

    /// <summary><see cref="CollectedResult.NothingSent"/>.</summary>
    NothingSent = 2,

    /// <summary><see cref="CollectedResult.NotTheOwner"/>.</summary>
    NotTheOwner = 3,

    /// <summary><see cref="CollectedResult.Busy"/>.</summary>
    Busy = 4,

    /// <summary><see cref="CollectedResult.Unreachable"/>.</summary>
    Unreachable = 5,

    /// <summary><see cref="CollectedResult.MayBeDeleted"/>.</summary>
    MayBeDeleted = 6,

    /// <summary><see cref="CollectedResult.Unsupported"/>.</summary>
    Unsupported = 7,

    /// <summary><see cref="CollectedResult.ServerFailed"/>.</summary>
    ServerFailed = 8,
}
