using Grpc.Core;
using Telemetry.Contracts.V1;

namespace Telemetry.Server.Insights;

/// <summary>One watcher: the answer, and what changes of it as commits happen.</summary>
/// <remarks>Asking again is cheap and right for every measure, so the changes are the difference of two answers.</remarks>
internal sealed class QueryWatchMapper(WatchedQuestion<QueryResponse> watched, TimeProvider time, TimeSpan heartbeat)
{
    /// <param name="answer">The first one, which holds all that was acknowledged before it was asked for.</param>
    /// <param name="writer">The watcher.</param>
    /// <param name="cancellation">When it leaves.</param>
    public async Task RunAsync(QueryResponse answer, IServerStreamWriter<WatchQueryResponse> writer, CancellationToken cancellation)
    {
        await writer.WriteAsync(new WatchQueryResponse { Answer = answer }, cancellation).ConfigureAwait(false);
        var written = time.GetTimestamp();
        while (true)
        {
            var (latest, next) = watched.Look();
            var message = latest is null || latest.Position.Number < answer.Position.Number ? null : AnswerChangeMapper.Between(answer, latest);
            answer = latest is null || latest.Position.Number < answer.Position.Number ? answer : latest;
            if (message is null && time.GetElapsedTime(written) >= heartbeat)
            {
                message = new WatchQueryResponse { Unchanged = answer.Position };
            }

            if (message is not null)
            {
                await writer.WriteAsync(message, cancellation).ConfigureAwait(false);
                written = time.GetTimestamp();
            }

            if (heartbeat - time.GetElapsedTime(written) is { Ticks: > 0 } rest)
            {
                try
                {
                    await next.WaitAsync(rest, time, cancellation).ConfigureAwait(false);
                }
                catch (TimeoutException)
                {
                    // A sign of life is due.
                }
            }
        }
    }
}
