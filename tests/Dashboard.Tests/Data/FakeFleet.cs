using System.Threading.Channels;
using Grpc.Core;
using Microsoft.JSInterop;
using Telemetry.Dashboard.Access;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Tests.Access;

namespace Telemetry.Dashboard.Tests.Data;

/// <summary>A client that is signed in, and calls that are answered by hand.</summary>
internal sealed class FakeFleet
{
    public FakeFleet()
    {
        Session = new Session(new Browser(new Storage()));
        Client = new FleetClient(Session, new FetchingFrom(new StubServer()));
    }

    public Session Session { get; }

    public FleetClient Client { get; }

    /// <summary>A call whose answer is given later.</summary>
    public static AsyncUnaryCall<T> Call<T>(Task<T> answer) => new(answer, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });

    public static RpcException Failed(StatusCode code) => new(new Status(code, ""));

    /// <summary>A stream that tells what it is given.</summary>
    public sealed class Stream<T> : IAsyncStreamReader<T>
        where T : class
    {
        private readonly Channel<T> _messages = Channel.CreateUnbounded<T>();

        public T Current { get; private set; } = null!;

        /// <summary>How often the next message was asked for.</summary>
        public int Asked { get; private set; }

        public void Tell(T message) => _messages.Writer.TryWrite(message);

        public void End(Exception? why = null) => _messages.Writer.TryComplete(why);

        public AsyncServerStreamingCall<T> Call() => new(this, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            Asked++;
            if (!await _messages.Reader.WaitToReadAsync(cancellationToken) || !_messages.Reader.TryRead(out var message))
            {
                return false;
            }

            Current = message;
            return true;
        }
    }

    private sealed class Storage : IJSInProcessObjectReference
    {
        private string? _token = "tlm_test";

        public TValue Invoke<TValue>(string identifier, params object?[]? args)
        {
            _token = identifier == "forgetToken" ? null : _token;
            return identifier == "readToken" ? (TValue)(object)_token! : default!;
        }

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => ValueTask.FromResult(Invoke<TValue>(identifier, args));

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => InvokeAsync<TValue>(identifier, args);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public void Dispose()
        {
        }
    }
}
