using System.Buffers;
using System.Globalization;
using System.Text;
using Grpc.Core;

namespace Telemetry.Dashboard.Data;

/// <summary>One call and what comes back: messages, then the status in the trailers, or in the headers when there are no messages.</summary>
/// <remarks>Throws <see cref="RpcException"/> alone, with what the browser said of a lost connection inside.</remarks>
internal sealed class GrpcWebCall<TResponse> : IAsyncStreamReader<TResponse>, IDisposable
    where TResponse : class
{
    private const string StatusName = "grpc-status";
    private const string MessageName = "grpc-message";

    private readonly Marshaller<TResponse> _marshaller;
    private readonly CancellationTokenSource _ended;
    private readonly CancellationToken _end;
    private readonly Task<Fetched> _response;
    private Stream? _body;
    private Status? _status;
    private Metadata _trailers = [];
    private TResponse? _current;

    public GrpcWebCall(IFetching server, string path, string[] headers, byte[] message, Marshaller<TResponse> marshaller, CancellationToken cancellationToken)
    {
        _marshaller = marshaller;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _end = _ended.Token;
        _response = server.SendAsync(path, headers, message, _end);
    }

    public TResponse Current => _current ?? throw new InvalidOperationException("No message was read.");

    public Status GetStatus() => _status ?? throw new InvalidOperationException("The call runs.");

    public Metadata GetTrailers() => _status is null ? throw new InvalidOperationException("The call runs.") : _trailers;

    public async Task<Metadata> HeadersAsync()
    {
        try
        {
            return Read((await _response).Headers);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return []; // Whoever reads the answer is told.
        }
    }

    /// <summary>The one message of a call that has one.</summary>
    public async Task<TResponse> ReadOnlyAsync()
    {
        var message = await MoveNext(CancellationToken.None) ? Current : null;
        while (await MoveNext(CancellationToken.None))
        {
        }

        return message ?? throw Failed(new(StatusCode.Internal, "The answer has no message."));
    }

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var stop = cancellationToken.UnsafeRegister(call => ((GrpcWebCall<TResponse>)call!).Cancel(), this);
        try
        {
            if (_status is null && await ReadAsync() is { } message)
            {
                _current = message;
                return true;
            }
        }
        catch (OperationCanceledException e)
        {
            throw Failed(new(StatusCode.Cancelled, "The call was canceled.", e));
        }
        catch (IOException e)
        {
            throw Failed(new(StatusCode.Unavailable, e.Message, e));
        }

        return _status is { StatusCode: StatusCode.OK } ? false : throw Failed(GetStatus());
    }

    public void Dispose()
    {
        Cancel();
        _ended.Dispose();
        if (_response.IsCompletedSuccessfully)
        {
            _response.Result.Dispose();
        }
    }

    private void Cancel()
    {
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It is over already.
        }
    }

    private async Task<TResponse?> ReadAsync()
    {
        if (_body is null)
        {
            var response = await _response;
            if (response.Headers.Any(header => header.Name.Equals(StatusName, StringComparison.OrdinalIgnoreCase)))
            {
                End(response.Headers);
                return null;
            }

            if (response.Status != 200)
            {
                _status = new(CodeOf(response.Status), $"The server answered {response.Status}.");
                return null;
            }

            _body = response.Body;
        }

        var frame = await GrpcWebFrame.ReadAsync(_body, _end);
        if (!frame.IsTrailers)
        {
            return _marshaller.ContextualDeserializer(new Payload(frame.Bytes));
        }

        End(Encoding.UTF8.GetString(frame.Bytes).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(':', 2)).Select(line => (line[0], line[^1].Trim())));
        return null;
    }

    private void End(IEnumerable<(string Name, string Value)> trailers)
    {
        _trailers = Read(trailers);
        _status = int.TryParse(_trailers.GetValue(StatusName), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? new((StatusCode)code, Uri.UnescapeDataString(_trailers.GetValue(MessageName) ?? ""))
            : new(StatusCode.Unknown, "The answer has no status.");
    }

    private RpcException Failed(Status status)
    {
        _status = status;
        return new(status, _trailers);
    }

    private static Metadata Read(IEnumerable<(string Name, string Value)> entries)
    {
        var metadata = new Metadata();
        foreach (var (name, value) in entries.Where(entry => IsName(entry.Name)))
        {
            if (!name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
            {
                metadata.Add(name, value);
            }
            else if (Bytes(value) is { } bytes)
            {
                metadata.Add(name, bytes);
            }
        }

        return metadata;
    }

    /// <summary>Whether a name can be one: a stranger's answer may hold anything.</summary>
    private static bool IsName(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>Base64, with or without its padding; nothing for what is neither.</summary>
    private static byte[]? Bytes(string value)
    {
        var padded = value.TrimEnd('=');
        var bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded.PadRight((padded.Length + 3) / 4 * 4, '='), bytes, out var length) ? bytes[..length] : null;
    }

    /// <summary>What a status means that no gRPC server sent, as the protocol has it.</summary>
    private static StatusCode CodeOf(int status) => status switch
    {
        400 => StatusCode.Internal,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.Unimplemented,
        429 or 502 or 503 or 504 => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    private sealed class Payload(byte[] bytes) : DeserializationContext
    {
        public override int PayloadLength => bytes.Length;

        public override byte[] PayloadAsNewBuffer() => bytes;

        public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(bytes);
    }
}
