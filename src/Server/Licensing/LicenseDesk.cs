using Telemetry.Server.Model;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Licensing;

/// <summary>Answers questions about licenses, for every edge: the verdict, and the installation's seat.</summary>
/// <remarks>
/// A question about a seat that the installation has is answered from memory. What takes, moves or gives up a seat
/// is on disk before it is answered.
/// </remarks>
internal sealed class LicenseDesk(
    LicenseBook book, LicenseJudge judge, LeaseRenewals renewals, GuessThrottle throttle, LicensingMetrics metrics,
    TimeProvider time)
{
    /// <summary>A full disk or a dead database takes a person.</summary>
    public static readonly TimeSpan UnavailableRetry = TimeSpan.FromMinutes(1);

    /// <summary>Gives the verdict; the first question of an installation takes a seat.</summary>
    public ValueTask<LicenseOutcome> CheckAsync(LicenseQuestion question, CancellationToken cancellation)
    {
        var entry = book.Find(question.Key);
        var judgement = Judge(entry, question);
        switch (judgement.Seat)
        {
            case LicenseSeat.Kept:
                Renew(entry!.Leases[question.Instance], question);
                return ValueTask.FromResult<LicenseOutcome>(Answer(judgement));
            case LicenseSeat.None when entry?.Leases.ContainsKey(question.Instance) == true:
                return ValueTask.FromResult<LicenseOutcome>(Answer(judgement));
        }

        // From here on a guesser could learn something.
        if (throttle.Wait(question.Peer) is { } wait)
        {
            metrics.Throttled();
            return ValueTask.FromResult<LicenseOutcome>(new LicenseOutcome.Throttled(wait));
        }

        if (judgement.Seat == LicenseSeat.None)
        {
            if (judgement.License is null)
            {
                throttle.Wrong(question.Peer);
            }

            return ValueTask.FromResult<LicenseOutcome>(Answer(judgement));
        }

        return TakeSeatAsync(question, entry => entry, cancellation);
    }

    /// <summary>As <see cref="CheckAsync"/>, and notes the counts that the license limits.</summary>
    public async ValueTask<LicenseOutcome> NoteUsageAsync(
        LicenseQuestion question, IReadOnlyDictionary<string, ulong> usage, CancellationToken cancellation)
    {
        var outcome = await CheckAsync(question, cancellation).ConfigureAwait(false);
        if (outcome is not LicenseOutcome.Answered { Judgement.Licensed: true } answered)
        {
            return outcome;
        }

        // What nobody needs is not kept: exact counts could be compared with those of reports.
        var limited = usage.Where(count => answered.Judgement.License!.Limits.ContainsKey(count.Key))
            .ToDictionary(StringComparer.Ordinal);
        if (book.Find(question.Key)?.Leases.GetValueOrDefault(question.Instance) is { } lease
            && limited.All(count => lease.Usage.TryGetValue(count.Key, out var known) && known == count.Value))
        {
            return outcome;
        }

        return await TakeSeatAsync(question, entry => WithUsage(entry, question.Instance, limited), cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Gives up the installation's seat.</summary>
    /// <returns>Whether it had one; null when it cannot be stored now.</returns>
    public async ValueTask<bool?> ReleaseAsync(LicenseQuestion question, CancellationToken cancellation)
    {
        var instance = question.Instance;
        var released = false;
        try
        {
            await book.ChangeAsync(question.Key, entry =>
            {
                released = entry?.Leases.ContainsKey(instance) == true;
                return released ? entry! with { Leases = entry.Leases.Remove(instance) } : null;
            }, cancellation).ConfigureAwait(false);
            return released;
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private LicenseOutcome.Answered Answer(LicenseJudgement judgement)
    {
        metrics.Checked(judgement.Verdict);
        return new LicenseOutcome.Answered(judgement);
    }

    private LicenseJudgement Judge(LicenseEntry? entry, LicenseQuestion question)
    {
        if (entry is not null)
        {
            return judge.Judge(entry, question.Instance, question.Previous, question.App, time.GetUtcNow());
        }

        // Known keys of another form were sold before; among the unknown ones the form tells a typing error.
        return question.WellFormed ? LicenseJudgement.NotFound : LicenseJudgement.Malformed;
    }

    private void Renew(LicenseLease lease, LicenseQuestion question)
    {
        // Also a day in the future is put right.
        if (lease.LastCheckOn != Today())
        {
            renewals.Note(question.Key, question.Instance);
        }
    }

    private async ValueTask<LicenseOutcome> TakeSeatAsync(
        LicenseQuestion question, Func<LicenseEntry, LicenseEntry> also, CancellationToken cancellation)
    {
        var judgement = LicenseJudgement.NotFound;
        try
        {
            await book.ChangeAsync(question.Key, entry =>
            {
                // Judged anew: the last free seat may have gone while this question waited.
                judgement = Judge(entry, question);
                return judgement.Seat == LicenseSeat.None ? null : also(WithSeat(entry!, question, judgement.Seat));
            }, cancellation).ConfigureAwait(false);
            return Answer(judgement);
        }
        catch (StoreUnavailableException)
        {
            return new LicenseOutcome.Unavailable(UnavailableRetry);
        }
    }

    private LicenseEntry WithSeat(LicenseEntry entry, LicenseQuestion question, LicenseSeat seat)
    {
        var today = Today();
        var leases = entry.Leases;
        var lease = leases.GetValueOrDefault(question.Instance) switch
        {
            null => new LicenseLease(entry.License.Id, question.Instance, today, today, LicenseLease.NoUsage),
            { } kept when judge.IsLive(kept, today) => kept,
            { } lapsed => lapsed with { BoundOn = today },
        };
        if (seat == LicenseSeat.Moved)
        {
            lease = leases[question.Previous!.Value] with { Instance = question.Instance };
            leases = leases.Remove(question.Previous.Value);
        }

        return entry with { Leases = leases.SetItem(question.Instance, lease with { LastCheckOn = today }) };
    }

    private DateOnly Today() => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    private static LicenseEntry WithUsage(
        LicenseEntry entry, LicensedInstanceId instance, Dictionary<string, ulong> usage)
    {
        var lease = entry.Leases[instance];
        var merged = new Dictionary<string, ulong>(lease.Usage, StringComparer.Ordinal);
        foreach (var (name, count) in usage)
        {
            merged[name] = count;
        }

        return entry with { Leases = entry.Leases.SetItem(instance, lease with { Usage = merged }) };
    }
}

/// <summary>What became of a question about a license. Edges translate it.</summary>
internal abstract record LicenseOutcome
{
    /// <summary>There is a verdict.</summary>
    internal sealed record Answered(LicenseJudgement Judgement) : LicenseOutcome;

    /// <summary>The caller tried too many wrong keys.</summary>
    internal sealed record Throttled(TimeSpan RetryAfter) : LicenseOutcome;

    /// <summary>A new seat cannot be stored now.</summary>
    internal sealed record Unavailable(TimeSpan RetryAfter) : LicenseOutcome;
}
