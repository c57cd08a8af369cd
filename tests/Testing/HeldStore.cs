using Telemetry.DataFiles;
using Telemetry.Server.Model;
using Telemetry.Schema;
using Telemetry.Server.Storage;

namespace Telemetry.Testing;

/// <summary>A store whose commits a test can hold back or let fail; everything else is the real store's.</summary>
internal sealed class HeldStore(ITelemetryStore inner) : ITelemetryStore
{
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _held;

    /// <summary>Completes when the first commit is held back.</summary>
    public Task CommitIsHeld => _waiting.Task;

    /// <summary>When set, commits fail with these words.</summary>
    public string? Broken { get; set; }

    /// <summary>When set, commits and reads of a report fail in a way that nobody foresaw.</summary>
    public Exception? Defect { get; set; }

    public StoreDescription Description => inner.Description;

    public FeedPosition Current => inner.Current;

    public long OldestNumber => inner.OldestNumber;

    public int InstanceCount => inner.InstanceCount;

    public void Listen(ICommitListener listener) => inner.Listen(listener);

    public long SizeInBytes => inner.SizeInBytes;

    public string? Failure => Broken ?? inner.Failure;

    public string? Damage => inner.Damage;

    public IReadOnlyList<AccessToken> Tokens => inner.Tokens;

    public IReadOnlyList<ErasedSeats> ErasedSeats => inner.ErasedSeats;

    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _held?.TrySetResult();

    public CommitOutcome[] Commit(IReadOnlyList<Report> batch, CommitRules rules)
    {
        if (_held is { } held)
        {
            _waiting.TrySetResult();
            held.Task.GetAwaiter().GetResult();
        }

        if (Defect is { } defect)
        {
            throw defect;
        }

        return Broken is { } words ? throw new StoreUnavailableException(words) : inner.Commit(batch, rules);
    }

    public ValueTask<FeedPosition> CopyAsync(ICopyTarget target, Action<long> copied, CancellationToken cancellation) => inner.CopyAsync(target, copied, cancellation);

    public ValueTask EraseAllAsync(
        IReadOnlyList<(InstanceId Instance, string App, UInt128 Tombstone)> erased, Func<InstanceId, AuditDraft> audit, CancellationToken cancellation) =>
        inner.EraseAllAsync(erased, audit, cancellation);

    public ValueTask<CommitOutcome?> FindRepeatedAsync(
        Report report, FeedPosition through, CancellationToken cancellation) =>
        inner.FindRepeatedAsync(report, through, cancellation);

    public ValueTask RecoverAsync(CancellationToken cancellation) =>
        Broken is { } words ? throw new StoreUnavailableException(words) : inner.RecoverAsync(cancellation);

    public Task WaitForEventAfterAsync(long number, CancellationToken cancellation) =>
        inner.WaitForEventAfterAsync(number, cancellation);

    public ValueTask<IReadOnlyList<StoredReport>> ReadAfterAsync(
        long number, int maxCount, CancellationToken cancellation) => inner.ReadAfterAsync(number, maxCount, cancellation);

    public ValueTask<StoredReport?> FindReportAsync(long number, CancellationToken cancellation) =>
        Defect is { } defect ? throw defect : inner.FindReportAsync(number, cancellation);

    public ValueTask<IReadOnlyList<StoredReport>> ReadHistoryAsync(
        InstanceId instance, string app, long beforeNumber, int maxCount, CancellationToken cancellation) =>
        inner.ReadHistoryAsync(instance, app, beforeNumber, maxCount, cancellation);

    public InstanceState? FindInstance(InstanceId instance, string app) => inner.FindInstance(instance, app);

    public IReadOnlyList<InstanceState> FindInstances(InstanceId instance) => inner.FindInstances(instance);

    public IEnumerable<InstanceState> ReadInstances() => inner.ReadInstances();

    public IReadOnlyDictionary<(string App, LicenseVerdict Reason), int> RefusedClaims => inner.RefusedClaims;

    public ValueTask AddContractAsync(RegisteredContract contract, AuditDraft? audit, CancellationToken cancellation) =>
        Broken is { } words ? throw new StoreUnavailableException(words) : inner.AddContractAsync(contract, audit, cancellation);

    public IReadOnlyList<License> ReadLicenses() => inner.ReadLicenses();

    public IReadOnlyList<LicenseLease> ReadLeases() => inner.ReadLeases();

    public async ValueTask ChangeLicensesAsync(LicenseChanges changes, CancellationToken cancellation)
    {
        await (_held?.Task ?? Task.CompletedTask);
        if (Broken is { } words)
        {
            throw new StoreUnavailableException(words);
        }

        await inner.ChangeLicensesAsync(changes, cancellation);
    }

    public long? GapThrough(long number) => inner.GapThrough(number);

    public bool Reached(FeedPosition position) => inner.Reached(position);

    public ulong EpochOf(long number) => inner.EpochOf(number);

    public ValueTask<bool> MoveStepAsync(DateTimeOffset now, CancellationToken cancellation) =>
        Broken is { } words ? throw new StoreUnavailableException(words) : inner.MoveStepAsync(now, cancellation);

    public long LastNumberBefore(DateTimeOffset moment) => inner.LastNumberBefore(moment);

    public ValueTask<int> ForgetSilentAsync(DateTimeOffset before, CancellationToken cancellation) =>
        inner.ForgetSilentAsync(before, cancellation);

    public ValueTask DropThroughAsync(long number, CancellationToken cancellation, AuditDraft? audit = null) =>
        inner.DropThroughAsync(number, cancellation, audit);

    public IReadOnlyList<Erasure> Erasures => inner.Erasures;

    public long? ErasedThrough(long number) => inner.ErasedThrough(number);

    public ValueTask FinishErasuresAsync(CancellationToken cancellation) => inner.FinishErasuresAsync(cancellation);

    public ValueTask<Erasure?> EraseAsync(
        InstanceId instance, string app, UInt128 tombstone, Func<IReadOnlyList<NumberRange>, AuditDraft> audit, CancellationToken cancellation,
        ErasedOwner? owner = null) =>
        Broken is { } words ? throw new StoreUnavailableException(words) : inner.EraseAsync(instance, app, tombstone, audit, cancellation, owner);

    public InstanceState? FindOwned(InstanceId instance, string app, ulong owner) => inner.FindOwned(instance, app, owner);

    public ValueTask ChangeTokensAsync(TokenChanges changes, CancellationToken cancellation) =>
        Broken is { } words ? throw new StoreUnavailableException(words) : inner.ChangeTokensAsync(changes, cancellation);

    public AuditHead AuditHead => inner.AuditHead;

    public long OldestAuditNumber => inner.OldestAuditNumber;

    public ValueTask AppendAuditAsync(IReadOnlyList<AuditDraft> drafts, CancellationToken cancellation) =>
        Broken is { } words ? throw new StoreUnavailableException(words) : inner.AppendAuditAsync(drafts, cancellation);

    public ValueTask<IReadOnlyList<AuditEntry>> ReadAuditAsync(long from, long through, bool newestFirst, int maxCount, CancellationToken cancellation) =>
        inner.ReadAuditAsync(from, through, newestFirst, maxCount, cancellation);

    public ValueTask ForgetAuditAsync(long through, AuditDraft draft, CancellationToken cancellation) =>
        Broken is { } words ? throw new StoreUnavailableException(words) : inner.ForgetAuditAsync(through, draft, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
