using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Telemetry.Testing.Sockets;

/// <summary>Knows what the server has read of each connection: a gap between two pieces ends when it asks for more.</summary>
/// <remarks>That makes a delay as long as it must be for the server to notice, and no longer, on any machine.</remarks>
internal sealed class Intake
{
    private readonly ConcurrentDictionary<(int Client, int Server), WatchedReader> _readers = [];

    /// <summary>Watches every connection that the server will accept.</summary>
    public static Intake Watch(IServiceCollection services)
    {
        var intake = new Intake();
        var sockets = services.Last(service => service.ServiceType == typeof(IConnectionListenerFactory));
        services.Remove(sockets);
        services.AddSingleton<IConnectionListenerFactory>(provider => new Listening(intake, (IConnectionListenerFactory)(
            sockets.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, sockets.ImplementationType!))));
        return intake;
    }

    /// <summary>Completes when the server has read all that was sent and waits for more, or reads no more.</summary>
    public async Task TakesAsync(RawConnection connection)
    {
        var reader = _readers.GetOrAdd(connection.Ports, _ => new WatchedReader());
        await Patience.For(reader.WaitsAfterAsync(connection.Sent), $"the server to take {connection.Sent} bytes");
    }

    private ConnectionContext Watch(ConnectionContext connection)
    {
        var ports = (((IPEndPoint)connection.RemoteEndPoint!).Port, ((IPEndPoint)connection.LocalEndPoint!).Port);
        var reader = _readers.AddOrUpdate(
            ports,
            _ => new WatchedReader(),
            // Waited for before it was accepted; or the ports had another connection.
            (_, known) => known.IsNew ? known : new WatchedReader());
        reader.Attach(connection.Transport.Input);
        connection.Transport = new Watched(reader, connection.Transport.Output);
        // The reader stays: somebody may still want to know.
        connection.ConnectionClosed.Register(reader.End);
        return connection;
    }

    private sealed class Listening(Intake intake, IConnectionListenerFactory sockets) : IConnectionListenerFactory
    {
        public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            new Listener(intake, await sockets.BindAsync(endpoint, cancellationToken));
    }

    private sealed class Listener(Intake intake, IConnectionListener sockets) : IConnectionListener
    {
        public EndPoint EndPoint => sockets.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await sockets.AcceptAsync(cancellationToken) is { } connection ? intake.Watch(connection) : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => sockets.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => sockets.DisposeAsync();
    }

    private sealed record Watched(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class WatchedReader : PipeReader
    {
        private readonly Lock _lock = new();
        private PipeReader? _inner;
        private ReadOnlySequence<byte> _buffer;
        private long _consumed;
        private long _seen;
        private bool _waits;
        private bool _ended;
        private (long Sent, TaskCompletionSource Taken)? _waiter;

        public bool IsNew => _inner is null;

        public void Attach(PipeReader inner) => _inner = inner;

        public Task WaitsAfterAsync(long sent)
        {
            lock (_lock)
            {
                if (_ended || (_waits && _seen >= sent))
                {
                    return Task.CompletedTask;
                }

                var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiter = (sent, taken);
                return taken.Task;
            }
        }

        public void End()
        {
            lock (_lock)
            {
                _ended = true;
                _waiter?.Taken.TrySetResult();
            }
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var read = _inner!.ReadAsync(cancellationToken);
            if (read.IsCompleted)
            {
                return Completed(read);
            }

            lock (_lock)
            {
                _waits = true;
                if (_waiter is { } waiter && _seen >= waiter.Sent)
                {
                    waiter.Taken.TrySetResult();
                    _waiter = null;
                }
            }

            return Completed(read);
        }

        public override bool TryRead(out ReadResult result)
        {
            if (!_inner!.TryRead(out result))
            {
                return false;
            }

            See(result);
            return true;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            _consumed += _buffer.Slice(0, consumed).Length;
            _buffer = default;
            _inner!.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => _inner!.CancelPendingRead();

        public override void Complete(Exception? exception = null)
        {
            End();
            _inner!.Complete(exception);
        }

        private async ValueTask<ReadResult> Completed(ValueTask<ReadResult> read)
        {
            var result = await read;
            See(result);
            return result;
        }

        private void See(ReadResult result)
        {
            lock (_lock)
            {
                _waits = false;
                _buffer = result.Buffer;
                _seen = Math.Max(_seen, _consumed + result.Buffer.Length);
            }
        }
    }
}
