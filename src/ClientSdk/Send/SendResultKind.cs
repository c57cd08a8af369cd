namespace Telemetry.Client;

/// <summary>The kinds of <see cref="SendResult"/>, for records and scripts.</summary>
public enum SendResultKind
{
    /// <summary><see cref="SendResult.NotPrepared"/>.</summary>
    NotPrepared = 0,

    /// <summary><see cref="SendResult.Sent"/>.</summary>
    Sent = 1,

    /// <summary><see cref="SendResult.Disabled"/>.</summary>
    Disabled = 2,

    /// <summary><see cref="SendResult.TooSoon"/>.</summary>
    TooSoon = 3,

    /// <summary><see cref="SendResult.Busy"/>.</summary>
    Busy = 4,

    /// <summary><see cref="SendResult.Rejected"/>.</summary>
    Rejected = 5,

    /// <summary><see cref="SendResult.Unreachable"/>.</summary>
    Unreachable = 6,

    /// <summary><see cref="SendResult.ServerFailed"/>.</summary>
    ServerFailed = 7,

    /// <summary><see cref="SendResult.MayHaveArrived"/>.</summary>
    MayHaveArrived = 8,

    /// <summary><see cref="SendResult.DigestMismatch"/>.</summary>
    DigestMismatch = 9,
}
