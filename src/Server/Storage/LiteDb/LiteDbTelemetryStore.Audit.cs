using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

internal sealed partial class LiteDbTelemetryStore
{
    private AuditHead _auditHead = AuditHead.Beginning;
    private long _oldestAudit;

    public AuditHead AuditHead => Volatile.Read(ref _auditHead);

    public long OldestAuditNumber => Interlocked.Read(ref _oldestAudit);

    public async ValueTask AppendAuditAsync(IReadOnlyList<AuditDraft> drafts, CancellationToken cancellation) =>
        await ChangeAsync(() =>
        {
            CommitWithAudit(drafts, static _ => { });
            CheckpointWhenDue();
            return true;
        }).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<AuditEntry>> ReadAuditAsync(long from, long through, bool newestFirst, int maxCount, CancellationToken cancellation) =>
        InTurnAsync<IReadOnlyList<AuditEntry>>(
            () => Reading(database => database.ReadAudit(from, through, newestFirst, maxCount).ToList()), cancellation);

    public async ValueTask ForgetAuditAsync(long through, AuditDraft draft, CancellationToken cancellation) =>
        await ChangeAsync(() =>
        {
            var from = OldestAuditNumber;
            CommitWithAudit([draft], database => database.DropAudit(from, through));
            Interlocked.Exchange(ref _oldestAudit, through + 1);
            CheckpointWhenDue();
            return true;
        }).ConfigureAwait(false);

    /// <summary>Changes together with what the audit log says of them: on disk is both or neither.</summary>
    private void CommitWithAudit(IReadOnlyList<AuditDraft> drafts, Action<EventDatabase> changes)
    {
        var entries = new List<AuditEntry>();
        var head = _auditHead;
        foreach (var draft in drafts)
        {
            entries.Add(head.Next(draft));
            head = AuditHead.Of(entries[^1]);
        }

        Commit(database =>
        {
            changes(database);
            entries.ForEach(database.AddAudit);
        });
        Volatile.Write(ref _auditHead, head);
        if (entries.Count > 0)
        {
            Interlocked.CompareExchange(ref _oldestAudit, entries[0].Number, 0);
        }
    }

    private void CommitWithAudit(AuditDraft? draft, Action<EventDatabase> changes) => CommitWithAudit(draft is null ? [] : [draft], changes);

    private void LoadAudit()
    {
        _oldestAudit = _database.ReadAudit(0, long.MaxValue, newestFirst: false, 1).FirstOrDefault()?.Number ?? 0;
        _auditHead = _database.ReadAudit(0, long.MaxValue, newestFirst: true, 1).FirstOrDefault() is { } newest ? AuditHead.Of(newest) : AuditHead.Beginning;
    }
}
