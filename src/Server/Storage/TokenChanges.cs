using Telemetry.Server.Model;

namespace Telemetry.Server.Storage;

/// <summary>Changes to tokens that belong together.</summary>
/// <param name="Kept">Tokens as they are from now on, new or known.</param>
/// <param name="Dropped">Those that are forgotten.</param>
internal sealed record TokenChanges(IReadOnlyList<AccessToken> Kept, IReadOnlyList<TokenId> Dropped)
{
    public static TokenChanges None { get; } = new([], []);

    /// <summary>What the audit log says of it; null for what it does not speak of.</summary>
    public AuditDraft? Audit { get; init; }
}
