using System.Runtime.InteropServices.JavaScript;
using System.Runtime.Versioning;

namespace Telemetry.Dashboard.Data;

/// <summary>Asks the server that the page came from.</summary>
/// <remarks>The general HTTP client would be a fiftieth of what a first visit loads, and a page has the browser's own.</remarks>
public interface IFetching
{
    /// <param name="path">From the server's root on.</param>
    /// <param name="headers">A name and its value, one behind the other.</param>
    /// <param name="body">What is posted; without one it is a GET.</param>
    /// <exception cref="IOException">Nobody answered.</exception>
    Task<Fetched> SendAsync(string path, string[] headers, byte[]? body, CancellationToken cancellationToken);
}

/// <summary>An answer whose headers are there, while its body comes.</summary>
/// <param name="Headers">Their names in small letters.</param>
/// <param name="Body">Reading it throws <see cref="IOException"/> when the connection is lost.</param>
public sealed record Fetched(int Status, IReadOnlyList<(string Name, string Value)> Headers, Stream Body) : IDisposable
{
    public void Dispose() => Body.Dispose();
}

public static class FetchedTexts
{
    /// <summary>A path's whole answer, whatever its status.</summary>
    /// <exception cref="IOException">There was none.</exception>
    public static async Task<string> GetTextAsync(this IFetching fetching, string path, CancellationToken cancellationToken)
    {
        using var answer = await fetching.SendAsync(path, [], null, cancellationToken);
        using var text = new StreamReader(answer.Body);
        return (await text.ReadToEndAsync(cancellationToken)).Trim();
    }
}

/// <summary>The browser's own fetch.</summary>
[SupportedOSPlatform("browser")]
internal sealed partial class BrowserFetching : IFetching
{
    private const string Module = "fetching";

    /// <summary>From the folder of the runtime.</summary>
    public static Task LoadAsync() => JSHost.ImportAsync(Module, "../js/fetching.js");

    public async Task<Fetched> SendAsync(string path, string[] headers, byte[]? body, CancellationToken cancellationToken)
    {
        var call = Send(path, headers, body);
        try
        {
            await WithAsync(call, Answered(call), cancellationToken);
            var told = Headers(call);
            return new(call.GetPropertyAsInt32("status"), [.. told.Chunk(2).Select(header => (header[0], header[1]))], new Pieces(call));
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the browser; who waits no longer stops it.</summary>
    private static async Task WithAsync(JSObject call, Task task, CancellationToken cancellationToken)
    {
        using var stop = cancellationToken.UnsafeRegister(running => Abort((JSObject)running!), call);
        try
        {
            await task;
        }
        catch (JSException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException(e.Message, e);
        }
    }

    [JSImport("send", Module)]
    private static partial JSObject Send(string path, [JSMarshalAs<JSType.Array<JSType.String>>] string[] headers, byte[]? body);

    [JSImport("answered", Module)]
    private static partial Task Answered(JSObject call);

    [JSImport("headers", Module)]
    [return: JSMarshalAs<JSType.Array<JSType.String>>]
    private static partial string[] Headers(JSObject call);

    [JSImport("read", Module)]
    private static partial Task<int> ReadPiece(JSObject call);

    [JSImport("take", Module)]
    private static partial byte[] TakePiece(JSObject call);

    [JSImport("abort", Module)]
    private static partial void Abort(JSObject call);

    /// <summary>The body, in the pieces in which it comes.</summary>
    private sealed class Pieces(JSObject call) : Stream
    {
        private ReadOnlyMemory<byte> _piece;
        private bool _ended;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_piece.Length == 0 && !_ended)
            {
                var length = ReadPiece(call);
                await WithAsync(call, length, cancellationToken);
                (_ended, _piece) = await length < 0 ? (true, default) : (false, TakePiece(call));
            }

            var taken = Math.Min(buffer.Length, _piece.Length);
            _piece[..taken].CopyTo(buffer);
            _piece = _piece[taken..];
            return taken;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A page waits for nothing.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing && !call.IsDisposed)
            {
                Abort(call);
                call.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
