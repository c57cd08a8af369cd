namespace Telemetry.Client;

/// <summary>The kinds of <see cref="SendResult"/>, for records and scripts.</summary>
public enum SendResultKind
{
    /// <summary><see cref="SendResult.Sent"/>.</summary>
    Sent = 0,

    /// <summary><see cref="SendResult.Disabled"/>.</summary>
    Disabled = 1,

    /// <summary><see cref="SendResult.TooSoon"/>.</summary>
    TooSoon = 2,

    /// <summary><see cref="SendResult.Busy"/>.</summary>
    Busy = 3,

    /// <summary><see cref="SendResult.Rejected"/>.</summary>
    Rejected = 4,

    /// <summary><see cref="SendResult.Unreachable"/>.</summary>
    Unreachable = 5,

    /// <summary><see cref="SendResult.ServerFailed"/>.</summary>
    ServerFailed = 6,

    /// <summary><see cref="SendResult.NotPrepared"/>.</summary>
    NotPrepared = 7,
}
