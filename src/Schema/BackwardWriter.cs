using System.Buffers.Binary;
using System.Text;

namespace Telemetry.Schema;

/// <summary>Writes protobuf from its end to its beginning, so that the length of a message is known when it is to be written.</summary>
/// <remarks>The caller says beforehand how much room everything needs at most.</remarks>
/// <param name="buffer">Room for everything; it is filled from its end.</param>
internal ref struct BackwardWriter(Span<byte> buffer)
{
    /// <summary>What a tag and a number take at most.</summary>
    public const int MaxNumber = 16;

    private readonly Span<byte> _buffer = buffer;
    private int _start = buffer.Length;

    /// <summary>Bytes written so far.</summary>
    public readonly int Length => _buffer.Length - _start;

    public readonly ReadOnlySpan<byte> Written => _buffer[_start..];

    public void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        _start -= bytes.Length;
        bytes.CopyTo(_buffer[_start..]);
    }

    /// <summary>A number of variable length.</summary>
    public void Number(ulong value)
    {
        var length = 1;
        for (var rest = value >> 7; rest != 0; rest >>= 7)
        {
            length++;
        }

        _start -= length;
        var at = _start;
        for (; value >= 0x80; value >>= 7)
        {
            _buffer[at++] = (byte)(value | 0x80);
        }

        _buffer[at] = (byte)value;
    }

    /// <summary>A field's tag, before its value.</summary>
    public void Tag(int field, uint wireType) => Number(WireTag.Of(field, wireType));

    public void Double(double value)
    {
        _start -= sizeof(double);
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer[_start..], value);
    }

    public void Fixed64(ulong value)
    {
        _start -= sizeof(ulong);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer[_start..], value);
    }

    /// <summary>A text and the length before it.</summary>
    public void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        _start -= length;
        Encoding.UTF8.GetBytes(text, _buffer[_start..]);
        Number((ulong)length);
    }

    /// <summary>Puts tag and length before what was written since it began, which is a message.</summary>
    /// <param name="tag">The tag's bytes.</param>
    /// <param name="begin">The length before the message was written.</param>
    public void CloseMessage(scoped ReadOnlySpan<byte> tag, int begin)
    {
        Number((ulong)(Length - begin));
        Bytes(tag);
    }
}
