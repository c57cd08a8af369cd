using Telemetry.DataFiles;
using Telemetry.Server.Model;
using Telemetry.Schema;

namespace Telemetry.Server.Storage;

/// <summary>Where reports live. Speaks in batches and positions.</summary>
/// <remarks>
/// Responsible for: atomic durable commits, the rules that need the committed state (repetitions, rate limit), the
/// order of events, the latest state of each installation, recovery.
/// Not responsible for: validation, batching, who may ask.
/// Threading: one committer at a time, any number of readers beside it; readers see committed data only.
/// </remarks>
internal interface ITelemetryStore : IAsyncDisposable
{
    StoreDescription Description { get; }

    /// <summary>Position of the newest committed event; number 0 when there is none.</summary>
    FeedPosition Current { get; }

    /// <summary>Number of the oldest event that is kept, or was erased; of the next one when none is kept any more; 0 when there never was any.</summary>
    long OldestNumber { get; }

    /// <summary>How many pairs of installation and app are known.</summary>
    int InstanceCount { get; }

    /// <summary>Bytes on disk.</summary>
    long SizeInBytes { get; }

    /// <summary>Why the last commit failed, in words for an operator; null while commits succeed.</summary>
    string? Failure { get; }

    /// <summary>What was found to be damaged since the start, in words for an operator; null when nothing was.</summary>
    string? Damage { get; }

    /// <summary>
    /// Decides on each report in order and commits the accepted ones in one transaction. When it returns, they are on
    /// disk. Reports of one batch see each other.
    /// </summary>
    /// <remarks>
    /// Blocks its caller, who owns a thread for it: on a busy machine, handing a commit to another thread and back takes
    /// longer than the commit.
    /// </remarks>
    /// <returns>One outcome per report, in order. One that looks repeated is for <see cref="FindRepeatedAsync"/>.</returns>
    /// <exception cref="StoreUnavailableException">Nothing of the batch was acknowledged; try again later.</exception>
    CommitOutcome[] Commit(IReadOnlyList<Report> batch, CommitRules rules);

    /// <summary>
    /// Looks for the committed report that <paramref name="report"/> repeats, beside the commits: what a commit only
    /// suspects takes reads of the log, for which nobody else should wait.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="through">The position that the commit gave with its suspicion.</param>
    /// <param name="cancellation">When nobody waits for it any more.</param>
    /// <returns>What was answered then; null when it was a mistake: then a further commit takes the report as new.</returns>
    /// <exception cref="StoreDamagedException">The log cannot be read there.</exception>
    ValueTask<CommitOutcome?> FindRepeatedAsync(Report report, FeedPosition through, CancellationToken cancellation);

    /// <summary>After a failure: tries to get commits going again.</summary>
    /// <exception cref="StoreUnavailableException">They still fail.</exception>
    ValueTask RecoverAsync(CancellationToken cancellation);

    /// <summary>Hands everything that is committed from now on to a listener too, in order, from the committer's own thread.</summary>
    void Listen(ICommitListener listener);

    /// <summary>Completes when an event after <paramref name="number"/> is committed.</summary>
    Task WaitForEventAfterAsync(long number, CancellationToken cancellation);

    /// <summary>Events after <paramref name="number"/>, oldest first, without erased ones; empty at the end of the log, in a gap and where all are erased.</summary>
    /// <exception cref="StoreDamagedException">They cannot be read as they were written.</exception>
    ValueTask<IReadOnlyList<StoredReport>> ReadAfterAsync(long number, int maxCount, CancellationToken cancellation);

    /// <summary>
    /// The last number of the gap that begins with or holds <paramref name="number"/>: events that were lost to damage
    /// and given up by a salvage. Null when this number is in no gap.
    /// </summary>
    long? GapThrough(long number);

    /// <summary>The event with this number; null when there is none, it is no longer kept or it was erased.</summary>
    ValueTask<StoredReport?> FindReportAsync(long number, CancellationToken cancellation);

    /// <summary>One installation's reports with numbers below <paramref name="beforeNumber"/>, newest first.</summary>
    ValueTask<IReadOnlyList<StoredReport>> ReadHistoryAsync(
        InstanceId instance, string app, long beforeNumber, int maxCount, CancellationToken cancellation);

    InstanceState? FindInstance(InstanceId instance, string app);

    /// <summary>All apps of an installation.</summary>
    IReadOnlyList<InstanceState> FindInstances(InstanceId instance);

    /// <summary>
    /// All installations, app by app, each app's in the order of first reports, but for the places of forgotten ones, which
    /// newcomers take. Each as it is when it is read.
    /// </summary>
    IEnumerable<InstanceState> ReadInstances();

    /// <summary>How many installations have a refused claim in their latest report, by app and reason.</summary>
    IReadOnlyDictionary<(string App, LicenseVerdict Reason), int> RefusedClaims { get; }

    /// <summary>Whether this very log once had, or still has, an event at this position (number 0 is always known).</summary>
    bool Reached(FeedPosition position);

    /// <summary>The epoch in which the event with this number was committed; of the first event for number 0.</summary>
    ulong EpochOf(long number);

    /// <summary>
    /// Does one small step of moving events of days that are over to where they can be dropped by the day, and of clearing up
    /// after that; readers notice nothing, and a commit waits for no more than a small one.
    /// </summary>
    /// <param name="now">The moment; of a clock that can be trusted.</param>
    /// <param name="cancellation">When to stop.</param>
    /// <returns>Whether something was done; then there may be more to do.</returns>
    /// <exception cref="StoreUnavailableException">It cannot be done now; nothing is lost.</exception>
    /// <exception cref="StoreDamagedException">They cannot be read as they were written.</exception>
    ValueTask<bool> MoveStepAsync(DateTimeOffset now, CancellationToken cancellation);

    /// <summary>
    /// The last number up to which every event was accepted before a moment and lies where whole days can be dropped; 0 when
    /// there is none.
    /// </summary>
    long LastNumberBefore(DateTimeOffset moment);

    /// <summary>Forgets events up to and including <paramref name="number"/>; latest states survive.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was dropped; try again later.</exception>
    ValueTask DropThroughAsync(long number, CancellationToken cancellation, AuditDraft? audit = null);

    /// <summary>
    /// Forgets installations, app by app, whose last report was accepted before a moment and is no longer kept: nothing of
    /// them is left. One that reports again is a new one.
    /// </summary>
    /// <returns>How many.</returns>
    /// <exception cref="StoreUnavailableException">Some may have been forgotten; try again later.</exception>
    ValueTask<int> ForgetSilentAsync(DateTimeOffset before, CancellationToken cancellation);

    /// <summary>
    /// Erases one installation of one app: its reports, its latest state, whatever of it lies in files of this store and of its
    /// listener. When the task completes, no byte of it is in them.
    /// </summary>
    /// <param name="instance">The installation.</param>
    /// <param name="app">The app's slug.</param>
    /// <param name="tombstone">What the caller tells the erasure by.</param>
    /// <param name="audit">
    /// Is called with the numbers that will be erased; what it makes of them goes into the transaction that makes the erasure visible.
    /// </param>
    /// <param name="cancellation">Ends the waiting; an erasure that is visible is finished by <see cref="FinishErasuresAsync"/>.</param>
    /// <param name="owner">Whether it must be somebody's, and what is kept of its owner; null for whosever it is and nothing.</param>
    /// <returns>
    /// Null when the store knows nothing of it. After a failure in the middle it knows nothing any more: then a further call with the
    /// same tombstone finishes that erasure and returns it.
    /// </returns>
    /// <exception cref="StoreUnavailableException">Not everything is erased yet; try again later.</exception>
    /// <exception cref="StoreDamagedException">Its reports cannot be read as they were written.</exception>
    ValueTask<Erasure?> EraseAsync(
        InstanceId instance, string app, UInt128 tombstone, Func<IReadOnlyList<NumberRange>, AuditDraft> audit, CancellationToken cancellation,
        ErasedOwner? owner = null);

    /// <summary>One app of an installation, if its data is owned by whoever this is a hash of; both as they are at the same moment.</summary>
    /// <param name="instance">The installation.</param>
    /// <param name="app">The app's slug.</param>
    /// <param name="owner">The keyed hash of the ownership secret; never 0.</param>
    InstanceState? FindOwned(InstanceId instance, string app, ulong owner);

    /// <summary>Like <see cref="EraseAsync"/>, of several at once, of which nothing is left in the files when the task completes.</summary>
    /// <param name="erased">Which; those that the store does not know are passed over.</param>
    /// <param name="audit">What the audit log says of each.</param>
    /// <param name="cancellation">When to stop; what is erased by then is finished by <see cref="FinishErasuresAsync"/>.</param>
    /// <exception cref="StoreUnavailableException">Not everything is erased yet; try again later.</exception>
    /// <exception cref="StoreDamagedException">Reports cannot be read as they were written.</exception>
    ValueTask EraseAllAsync(
        IReadOnlyList<(InstanceId Instance, string App, UInt128 Tombstone)> erased, Func<InstanceId, AuditDraft> audit, CancellationToken cancellation);

    /// <summary>Goes on with erasures that a crash or a failure interrupted; to be asked for now and then.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be done now; try again later.</exception>
    /// <exception cref="StoreDamagedException">What must be rewritten cannot be read as it was written.</exception>
    ValueTask FinishErasuresAsync(CancellationToken cancellation);

    /// <summary>All erasures, oldest first; from memory.</summary>
    IReadOnlyList<Erasure> Erasures { get; }

    /// <summary>
    /// Like <see cref="GapThrough"/>, for numbers that were erased: the last number of the erased run that begins with or holds
    /// <paramref name="number"/>; null when it is not erased.
    /// </summary>
    long? ErasedThrough(long number);

    /// <summary>
    /// Copies everything that is committed, beside the commits and all other work: what comes out is the store as it was at one
    /// position, and opens as such. What cannot be read as it was written is not copied.
    /// </summary>
    /// <param name="target">Where the copy goes.</param>
    /// <param name="copied">Is told how many bytes were copied since the last time.</param>
    /// <param name="cancellation">When to stop; what is there then is no copy.</param>
    /// <returns>The position, at or after everything that was committed before the call.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot commit, or is being closed.</exception>
    /// <exception cref="StoreDamagedException">Something is not what was written.</exception>
    /// <exception cref="IOException">The copy cannot be written.</exception>
    ValueTask<FeedPosition> CopyAsync(ICopyTarget target, Action<long> copied, CancellationToken cancellation);

    /// <summary>All erasures of seats, oldest first; from memory.</summary>
    IReadOnlyList<ErasedSeats> ErasedSeats { get; }

    /// <summary>All licenses in the order of issue; read once, at start.</summary>
    IReadOnlyList<License> ReadLicenses();

    /// <summary>All seats under licenses; read once, at start.</summary>
    IReadOnlyList<LicenseLease> ReadLeases();

    /// <summary>Makes changes to licenses and seats, all or none; when the task completes, they are on disk.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was changed; try again later.</exception>
    ValueTask ChangeLicensesAsync(LicenseChanges changes, CancellationToken cancellation);

    /// <summary>Keeps a revision of a registered app's contract; when the task completes, it is on disk.</summary>
    /// <param name="contract">The revision.</param>
    /// <param name="audit">What the audit log says of it.</param>
    /// <param name="cancellation">Ends the waiting, not the change.</param>
    /// <remarks>A store gives what it kept to the registry when it is opened, before it reads any report.</remarks>
    /// <exception cref="StoreUnavailableException">Nothing was changed; try again later.</exception>
    ValueTask AddContractAsync(RegisteredContract contract, AuditDraft? audit, CancellationToken cancellation);

    /// <summary>All tokens; from memory.</summary>
    IReadOnlyList<AccessToken> Tokens { get; }

    /// <summary>Keeps tokens as they are from now on, at least one, new or known, and drops others; durably, all or none.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was changed; try again later.</exception>
    ValueTask ChangeTokensAsync(TokenChanges changes, CancellationToken cancellation);

    /// <summary>The newest entry of the audit log; number 0 when there is none.</summary>
    AuditHead AuditHead { get; }

    /// <summary>Number of the oldest entry of the audit log that is kept; 0 when there is none.</summary>
    long OldestAuditNumber { get; }

    /// <summary>Adds to the audit log what belongs to no change of this store, in order; when the task completes, it is on disk.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was added; try again later.</exception>
    ValueTask AppendAuditAsync(IReadOnlyList<AuditDraft> drafts, CancellationToken cancellation);

    /// <summary>Entries of the audit log from one number through another, in either order.</summary>
    /// <exception cref="StoreDamagedException">One is not what was written.</exception>
    ValueTask<IReadOnlyList<AuditEntry>> ReadAuditAsync(long from, long through, bool newestFirst, int maxCount, CancellationToken cancellation);

    /// <summary>Forgets entries of the audit log up to and including one, which must not be the newest, and adds one that says so.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was changed; try again later.</exception>
    ValueTask ForgetAuditAsync(long through, AuditDraft draft, CancellationToken cancellation);
}

/// <summary>Is told what was committed, right after it is on disk.</summary>
internal interface ICommitListener
{
    /// <summary>Must return at once: the next commit waits.</summary>
    /// <param name="events">What was committed.</param>
    /// <param name="reports">What each of them was made of.</param>
    void Committed(IReadOnlyList<StoredReport> events, IReadOnlyList<Report> reports);

    /// <summary>Is told of an erasure, right after it is on disk and before anything else is committed. Must return at once.</summary>
    void Erased(InstanceId instance, string app);

    /// <summary>Completes when nothing of what was erased is in files of the listener; until then no erasure is done.</summary>
    /// <exception cref="IOException">They cannot be written now.</exception>
    ValueTask ClearErasedAsync(CancellationToken cancellation);
}

/// <summary>What a store is.</summary>
/// <param name="Kind">Its name, e.g. "LiteDB".</param>
/// <param name="SchemaVersion">Version of its layout.</param>
/// <param name="Location">Where it is, for the banner and for operators; never sent to clients.</param>
internal sealed record StoreDescription(string Kind, int SchemaVersion, string Location);

/// <summary>The store cannot be opened; the message tells an operator why and what to do.</summary>
internal sealed class StoreOpenException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The store cannot do its work now: a full or failing disk, a dead database. May heal.</summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What an erasure has to do with who owns the installation's data.</summary>
/// <param name="MarkOf">Makes of the owner's hash, or of 0, what the erasure keeps of it.</param>
/// <param name="Needed">The hash of the only one for whom it is erased, looked at in the step that erases; null for anybody.</param>
internal sealed record ErasedOwner(Func<ulong, ulong> MarkOf, ulong? Needed = null);
