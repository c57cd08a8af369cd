using Google.Protobuf;
using Grpc.Core;
using Telemetry.Client.Send;
using Telemetry.Client.State;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Collected;

/// <summary>Asks the server for what it collected of this installation, and to delete it.</summary>
/// <remarks>Only when somebody asks. Never throws for what a disk, a network or a server can do.</remarks>
internal sealed class CollectedData(
    Installation installation, ReportCourier courier, Func<TelemetryChannel> connect, TimeProvider time, TelemetryLog log)
{
    /// <summary>A server may have to rewrite files before it answers that something is gone.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    /// <summary>More than any server keeps; whoever answers may not be ours.</summary>
    private const int MostParts = 10_000;

    private const int MostBytes = 32 * 1024 * 1024;

    private const int MostReceipts = 100;

    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public async Task<CollectedResult> ShowAsync(CancellationToken cancellationToken)
    {
        var (state, consent) = installation.Read();
        return state.Ownership is { } ownership
            ? await AskAsync(ExportAsync, ownership, isDeleting: false, cancellationToken).ConfigureAwait(false)
            : NothingSent(state, consent);
    }

    /// <summary>Not while a report is on its way, which could arrive after everything before it is gone.</summary>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public Task<CollectedResult> DeleteAsync(CancellationToken cancellationToken) => courier.BetweenAttemptsAsync(async () =>
    {
        var (state, consent) = installation.Read();
        if (state.Ownership is not { } ownership)
        {
            return NothingSent(state, consent);
        }

        if (state.Open is { Ended: false } open && open.TakenAt + Timeout > time.GetUtcNow())
        {
            return new CollectedResult.Busy(
                "Another process of the app is sending a report at this moment. Try again in a minute.", open.TakenAt + Timeout);
        }

        var result = await AskAsync(EraseAsync, ownership, isDeleting: true, cancellationToken).ConfigureAwait(false);
        return result is CollectedResult.Deleted deleted ? await NoteAsync(ownership, deleted).ConfigureAwait(false) : result;
    }, cancellationToken);

    private async Task<CollectedResult> NoteAsync(Ownership ownership, CollectedResult.Deleted deleted)
    {
        try
        {
            await installation.BeginAnewAsync(ownership, deleted.Receipts[^1], CancellationToken.None).ConfigureAwait(false);
            return deleted;
        }
        catch (StateNotWrittenException e)
        {
            return new CollectedResult.Deleted(deleted.Receipts, deleted.Before, e.Message);
        }
    }

    private async Task<CollectedResult> AskAsync(
        Func<OwnDataService.OwnDataServiceClient, Ownership, CancellationToken, Task<CollectedResult>> ask, Ownership ownership, bool isDeleting,
        CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        // A connection of its own, as a report has.
        using var channel = connect();
        try
        {
            // The library ends a canceled call as well; the timeout must hold even where it does not.
            return await ask(new OwnDataService.OwnDataServiceClient(channel.Invoker), ownership, either.Token)
                .WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (patience.IsCancellationRequested)
            {
                return CollectedFailures.Unanswered(SendFailures.Silent(channel.Address, Timeout), isDeleting);
            }

            if (e is RpcException refused)
            {
                return CollectedFailures.Explain(refused, channel.Address, time.GetUtcNow(), isDeleting);
            }

            log.Unforeseen(e);
            return CollectedFailures.Unanswered(SendFailures.Unforeseen(channel.Address, e), isDeleting);
        }
    }

    private async Task<CollectedResult> ExportAsync(
        OwnDataService.OwnDataServiceClient client, Ownership ownership, CancellationToken cancellationToken)
    {
        using var call = client.ExportOwnData(
            new ExportOwnDataRequest
            {
                App = installation.Profile.App,
                InstanceHash = ownership.InstanceHash,
                OwnershipSecret = UnsafeByteOperations.UnsafeWrap(ownership.Secret),
            },
            cancellationToken: cancellationToken);
        var (lines, bytes) = (new List<string>(), 0L);
        while (await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            var part = call.ResponseStream.Current;
            bytes += part.CalculateSize();
            if (lines.Count == MostParts || bytes > MostBytes)
            {
                return new CollectedResult.ServerFailed("The server sends more than any server keeps of one installation. Check the address.");
            }

            lines.Add(installation.Contract.LineOf(part));
        }

        return new CollectedResult.Shown(lines);
    }

    private async Task<CollectedResult> EraseAsync(
        OwnDataService.OwnDataServiceClient client, Ownership ownership, CancellationToken cancellationToken)
    {
        using var call = client.EraseOwnDataAsync(
            new EraseOwnDataRequest
            {
                App = installation.Profile.App,
                InstanceHash = ownership.InstanceHash,
                OwnershipSecret = UnsafeByteOperations.UnsafeWrap(ownership.Secret),
            },
            cancellationToken: cancellationToken);
        var answer = await call.ResponseAsync.ConfigureAwait(false);
        var receipts = answer.Erased.TakeLast(MostReceipts).Select(DeletionReceipt.Of).OfType<DeletionReceipt>().ToList();
        return receipts.Count > 0
            ? new CollectedResult.Deleted(receipts, answer.ErasedBefore)
            : new CollectedResult.ServerFailed("The server says that it deleted everything, and gave no receipt for it. Tell the vendor.");
    }

    private static CollectedResult.NothingSent NothingSent(InstallationState state, ConsentDecision consent) => new(
        consent.Source == ConsentSource.UnusableState ? "It is not known here what was sent. " + consent.Explanation
            : state.LastDeletion is { } deleted
                ? $"Nothing was sent since everything was deleted, {deleted.DeletedAt:yyyy-MM-dd HH:mm:ss} UTC."
                : "No report with a proof of its origin left this installation. If an older version of the app reported, ask the vendor, who can "
                    + "show and delete an installation by its URL.");
}
