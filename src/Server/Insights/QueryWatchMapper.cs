using Grpc.Core;
using Telemetry.Contracts.V1;

namespace Telemetry.Server.Insights;

/// <summary>One watcher: the answer, and what changes of it as commits happen.</summary>
/// <remarks>Asking again is cheap and right for every measure, so the changes are the difference of two answers.</remarks>
internal sealed class QueryWatchMapper(FleetPosition fleet, Func<QueryResponse> ask, TimeProvider time, TimeSpan heartbeat)
{
    /// <summary>Shortest time between two answers: as often as an eye can follow.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    public async Task RunAsync(IServerStreamWriter<WatchQueryResponse> writer, CancellationToken cancellation)
    {
        var answer = ask();
        await writer.WriteAsync(new WatchQueryResponse { Answer = answer }, cancellation).ConfigureAwait(false);
        var written = time.GetTimestamp();
        while (true)
        {
            await PaceAsync(written, cancellation).ConfigureAwait(false);
            await ChangedAsync((long)answer.Position.Number, written, cancellation).ConfigureAwait(false);
            var next = ask();
            var message = AnswerChangeMapper.Between(answer, next);
            if (message is null && time.GetElapsedTime(written) >= heartbeat)
            {
                message = new WatchQueryResponse { Unchanged = next.Position };
            }

            answer = next;
            if (message is not null)
            {
                await writer.WriteAsync(message, cancellation).ConfigureAwait(false);
                written = time.GetTimestamp();
            }
        }
    }

    private async Task PaceAsync(long written, CancellationToken cancellation)
    {
        if (Pace - time.GetElapsedTime(written) is { Ticks: > 0 } rest)
        {
            await Task.Delay(rest, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Until something is committed, or the next sign of life is due, which may be of a new day.</summary>
    private async Task ChangedAsync(long number, long written, CancellationToken cancellation)
    {
        var rest = heartbeat - time.GetElapsedTime(written);
        if (rest > TimeSpan.Zero)
        {
            await fleet.ChangeAfterAsync(number).WaitAsync(rest, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
