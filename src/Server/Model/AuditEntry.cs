using Telemetry.Contracts.Rules;

namespace Telemetry.Server.Model;

/// <summary>A record's bytes, which the log puts in their place.</summary>
internal sealed record AuditDraft(ReadOnlyMemory<byte> Written);

/// <summary>A record in its place; its hash covers the one before.</summary>
internal sealed record AuditEntry(long Number, ReadOnlyMemory<byte> PreviousHash, ReadOnlyMemory<byte> Hash, ReadOnlyMemory<byte> Written)
{
    /// <summary>Whether it is what was written.</summary>
    public bool IsWhole => Hash.Span.SequenceEqual(AuditHash.Of(PreviousHash.Span, (ulong)Number, Written.Span));
}

/// <summary>An end of the log: what comes next continues it.</summary>
internal sealed record AuditHead(long Number, ReadOnlyMemory<byte> Hash)
{
    public static AuditHead Beginning { get; } = new(0, AuditHash.Beginning);

    public AuditEntry Next(AuditDraft draft) => new(Number + 1, Hash, AuditHash.Of(Hash.Span, (ulong)Number + 1, draft.Written.Span), draft.Written);

    public static AuditHead Of(AuditEntry entry) => new(entry.Number, entry.Hash);
}
