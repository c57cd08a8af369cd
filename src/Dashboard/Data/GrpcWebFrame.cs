using System.Buffers.Binary;

namespace Telemetry.Dashboard.Data;

/// <summary>What a gRPC-Web body is made of: a flag, a length, and so many bytes of a message or of the trailers.</summary>
internal readonly record struct GrpcWebFrame(bool IsTrailers, byte[] Bytes)
{
    public const int HeadLength = 5;

    /// <summary>More than any answer has; a length beyond it is no length.</summary>
    private const int Largest = 256 * 1024 * 1024;

    private const byte TrailersFlag = 0x80;

    /// <summary>Says in its first bytes how long the message behind them is.</summary>
    public static void WriteHead(Span<byte> frame) => BinaryPrimitives.WriteInt32BigEndian(frame[1..], frame.Length - HeadLength);

    /// <exception cref="IOException">The body ended before the frame did, or what came is none.</exception>
    public static async Task<GrpcWebFrame> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            var head = new byte[HeadLength];
            await body.ReadExactlyAsync(head, cancellationToken);
            var length = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(1));
            if ((head[0] & ~TrailersFlag) != 0 || length > Largest)
            {
                throw new IOException("What came is not gRPC-Web.");
            }

            var bytes = new byte[length];
            await body.ReadExactlyAsync(bytes, cancellationToken);
            return new(head[0] == TrailersFlag, bytes);
        }
        catch (EndOfStreamException e)
        {
            throw new IOException("The answer ended too early.", e);
        }
    }
}
