using Grpc.Core;
using Telemetry.Server.Model;

namespace Telemetry.Server.Audit;

/// <summary>What a call does, gathered while it runs, for the audit log.</summary>
/// <remarks>Threading: one call's own; what streams hand out is counted in <see cref="AuditLedger"/>.</remarks>
internal sealed class AuditCall(AuditKind kind, string action, AuditActor actor, TimeProvider time)
{
    private readonly List<AuditSubject> _subjects = [];

    public AuditKind Kind => kind;

    public string Action => action;

    public AuditActor Actor => actor;

    public IReadOnlyList<AuditSubject> Subjects => _subjects;

    /// <summary>How many reports are handed out.</summary>
    public long Reports { get; private set; }

    /// <summary>Whether nothing more is to be recorded when it succeeds.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>Something that the server does by itself.</summary>
    /// <param name="action">What.</param>
    /// <param name="part">What of the server does it.</param>
    /// <param name="time">Tells when.</param>
    public static AuditCall OfServer(string action, string part, TimeProvider time) =>
        new(AuditKind.Change, action, new AuditActor(AuditActorKind.Server, part), time);

    /// <summary>What it is done to, once that is found.</summary>
    public AuditCall On(AuditSubjectKind subject, string id)
    {
        if (!_subjects.Contains(new(subject, id)))
        {
            _subjects.Add(new(subject, id));
        }

        return this;
    }

    public void HandsOut(long reports) => Reports += reports;

    /// <summary>It turned out to change and to read nothing.</summary>
    public void DoesNothing() => IsSettled = true;

    /// <summary>For the one step in which the change becomes durable.</summary>
    public AuditDraft Done()
    {
        IsSettled = true;
        return AuditMapper.Draft(Record(0));
    }

    public AuditRecord Record(int code) => new()
    {
        Time = time.GetUtcNow(),
        Kind = kind,
        Action = action,
        Actor = actor,
        Subjects = [.. _subjects],
        Code = code,
        Reports = Reports,
    };
}

/// <summary>Where a call's part of the audit log is.</summary>
internal static class AuditedCall
{
    /// <summary>Of a call that the contract says is recorded.</summary>
    public static AuditCall Audit(this ServerCallContext context) =>
        context.GetHttpContext().Features.Get<AuditCall>() ?? throw new InvalidOperationException("The contract does not say that this call is recorded.");
}
