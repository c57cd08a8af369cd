using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Server.Model;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Audit;

/// <summary>The audit log as the contract has it, which is also how it is kept.</summary>
internal static class AuditMapper
{
    /// <summary>What the contract says beside a method; null where it says nothing.</summary>
    public static AuditKind? KindOf(MethodDescriptor method) => (AuditKind?)(byte?)method.GetOptions()?.GetExtension(Wire.AuditExtensions.Audit) switch
    {
        AuditKind.None => AuditKind.None,
        AuditKind.Read => AuditKind.Read,
        AuditKind.Change => AuditKind.Change,
        _ => null,
    };

    public static AuditDraft Draft(AuditRecord record) => new(new Wire.AuditRecord
    {
        Time = Timestamp.FromDateTimeOffset(record.Time),
        Kind = (Wire.AuditKind)record.Kind,
        Action = record.Action,
        Actor = new Wire.AuditActor { Kind = (Wire.AuditActorKind)record.Actor.Kind, Name = record.Actor.Name, TokenId = record.Actor.TokenId },
        Subjects = { record.Subjects.Select(subject => new Wire.AuditSubject { Kind = (Wire.AuditSubjectKind)subject.Kind, Id = subject.Id }) },
        Code = record.Code,
        Calls = (ulong)record.Calls,
        Reports = (ulong)record.Reports,
        Since = record.Since is { } since ? Timestamp.FromDateTimeOffset(since) : null,
        Forgotten = record.Forgotten is { } head
            ? new Wire.AuditForgotten { ThroughNumber = (ulong)head.Number, ThroughHash = ByteString.CopyFrom(head.Hash.Span) }
            : null,
    }.ToByteArray());

    public static Wire.AuditEntry ToWire(AuditEntry entry) => new()
    {
        Number = (ulong)entry.Number,
        PreviousHash = UnsafeByteOperations.UnsafeWrap(entry.PreviousHash),
        Hash = UnsafeByteOperations.UnsafeWrap(entry.Hash),
        Written = UnsafeByteOperations.UnsafeWrap(entry.Written),
        Record = Read(entry),
    };

    public static Wire.AuditHead? ToWire(AuditHead head) =>
        head.Number == 0 ? null : new() { Number = (ulong)head.Number, Hash = UnsafeByteOperations.UnsafeWrap(head.Hash) };

    public static DateTimeOffset TimeOf(AuditEntry entry) => Read(entry).Time.ToDateTimeOffset();

    private static Wire.AuditRecord Read(AuditEntry entry) => Wire.AuditRecord.Parser.ParseFrom(entry.Written.Span);
}
