using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Microsoft.Extensions.ObjectPool;

namespace Telemetry.Server.Licensing;

/// <summary>The JSON of one signed text while it is written: kept and used again, as every check needs one.</summary>
internal sealed class TokenPayload : IDisposable
{
    private const int LicenseSize = 1_024;
    private const int LargestKept = 16 * LicenseSize;

    private readonly ArrayBufferWriter<byte> _buffer = new(LicenseSize);

    public TokenPayload() => Json = new Utf8JsonWriter(_buffer);

    public Utf8JsonWriter Json { get; }

    /// <summary>What was written; complete, so that nothing may be added.</summary>
    public ReadOnlySpan<byte> Complete()
    {
        Json.Flush();
        return _buffer.WrittenSpan;
    }

    /// <summary>Writes bytes as a text in base64url.</summary>
    /// <param name="name">The property.</param>
    /// <param name="value">At most 96 bytes.</param>
    public void WriteBase64Url(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Span<byte> text = stackalloc byte[128];
        Json.WriteString(name, text[..Base64Url.EncodeToUtf8(value, text)]);
    }

    public void Dispose() => Json.Dispose();

    /// <summary>One that a long list has blown up is let go.</summary>
    internal sealed class Policy : PooledObjectPolicy<TokenPayload>
    {
        public override TokenPayload Create() => new();

        public override bool Return(TokenPayload obj)
        {
            obj._buffer.ResetWrittenCount();
            obj.Json.Reset();
            return obj._buffer.Capacity <= LargestKept;
        }
    }
}
