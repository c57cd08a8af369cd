using Bench.Load;
using Bench.Servers;
using Grpc.Core;
using Grpc.Net.Client;
using Telemetry.Contracts.V1;

namespace Bench.Feed;

/// <summary>Readers with a connection each, which check that no event is missing, while something makes events.</summary>
internal static class FeedLoad
{
    public static FeedCost Measure(ServerProcess server, int readers, LoadPlan plan, Func<LoadResult> makeEvents)
    {
        using var stop = new CancellationTokenSource();
        var states = Enumerable.Range(0, readers).Select(_ => new ReaderState()).ToArray();
        var tasks = states.Select(state => ReadAsync(server, state, stop.Token)).ToArray();
        // Starting a hundred readers takes a while: count from when they are connected.
        Task.WaitAll(states.Select(state => state.Connected.Task).ToArray());
        var before = (Cpu: server.CpuSeconds, Count: states.Sum(state => Volatile.Read(ref state.Count)));
        makeEvents();
        var after = (Cpu: server.CpuSeconds, Count: states.Sum(state => Volatile.Read(ref state.Count)));
        stop.Cancel();
        Task.WaitAll(tasks);
        return new FeedCost(after.Cpu - before.Cpu, after.Count - before.Count, states.Sum(state => state.Missing));
    }

    private static async Task ReadAsync(ServerProcess server, ReaderState state, CancellationToken cancellation)
    {
        using var channel = GrpcChannel.ForAddress($"http://{server.Grpc}");
        var headers = new Metadata { { "authorization", "Bearer " + server.Token } };
        try
        {
            using var call = new FeedService.FeedServiceClient(channel)
                .StreamEvents(new StreamEventsRequest(), headers, cancellationToken: cancellation);
            while (await call.ResponseStream.MoveNext(cancellation).ConfigureAwait(false))
            {
                state.Connected.TrySetResult();
                if (call.ResponseStream.Current.Event is { } happened)
                {
                    state.Saw(happened.Position.Number);
                }
            }
        }
        catch (RpcException) when (cancellation.IsCancellationRequested)
        {
            // Measured enough.
        }
        catch (Exception e)
        {
            state.Connected.TrySetException(e);
            throw;
        }
    }

    private sealed class ReaderState
    {
        public long Count;
        private ulong _last;

        public TaskCompletionSource Connected { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Missing { get; private set; }

        public void Saw(ulong number)
        {
            Missing += _last != 0 && number != _last + 1 ? 1 : 0;
            _last = number;
            Interlocked.Increment(ref Count);
        }
    }
}
