using System.Buffers.Binary;
using System.Net.Http.Headers;

namespace Telemetry.Client.Send;

/// <summary>Refuses gRPC-Web trailers of a length that nobody needs.</summary>
/// <remarks>
/// They come in the body behind a length of the server's choice, up to 2 GB, for which the gRPC library makes room before it
/// has read a byte of them. Messages have the library's own limit.
/// </remarks>
internal sealed class BoundedTrailersHandler(HttpMessageHandler handler) : DelegatingHandler(handler)
{
    private const uint MostBytes = 64 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.Content.Headers.ContentType?.MediaType?.StartsWith("application/grpc-web", StringComparison.Ordinal) == true)
        {
            var bounded = new StreamContent(new FrameReader(
                await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false)));
            CopyHeaders(response.Content.Headers, bounded.Headers);
            response.Content = bounded;
        }

        return response;
    }

    private static void CopyHeaders(HttpContentHeaders from, HttpContentHeaders to)
    {
        foreach (var (name, values) in from.NonValidated)
        {
            to.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        }
    }

    /// <summary>Passes everything on, and looks at the head of each frame: a byte of flags and four of length.</summary>
    private sealed class FrameReader(Stream inner) : Stream
    {
        private const byte TrailersFlag = 0x80;

        private readonly byte[] _head = new byte[5];
        private int _headBytes;
        private uint _left;

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
            var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Follow(buffer.Span[..read]);
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Follow(ReadOnlySpan<byte> bytes)
        {
            while (bytes.Length > 0)
            {
                if (_left > 0)
                {
                    var content = (int)Math.Min(_left, (uint)bytes.Length);
                    _left -= (uint)content;
                    bytes = bytes[content..];
                    continue;
                }

                _head[_headBytes++] = bytes[0];
                bytes = bytes[1..];
                if (_headBytes == _head.Length)
                {
                    _headBytes = 0;
                    _left = BinaryPrimitives.ReadUInt32BigEndian(_head.AsSpan(1));
                    if ((_head[0] & TrailersFlag) != 0 && _left > MostBytes)
                    {
                        throw new InvalidDataException($"The answer's trailers are longer than {MostBytes} bytes.");
                    }
                }
            }
        }
    }
}
