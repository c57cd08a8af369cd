using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Telemetry.Server.Insights.Files;

/// <summary>Writes arrays as they lie in memory, with their lengths. Little-endian, as every machine is that .NET runs on here.</summary>
internal sealed class ByteWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public void Value<T>(T value)
        where T : unmanaged => _bytes.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    public void Array<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        Value(values.Length);
        _bytes.Write(MemoryMarshal.AsBytes(values));
    }

    public void Text(string text) => Array<byte>(Encoding.UTF8.GetBytes(text));
}

/// <summary>Reads what <see cref="ByteWriter"/> wrote.</summary>
/// <exception cref="InvalidDataException">By every member: the bytes end too early.</exception>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public T Value<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>()));

    public ReadOnlySpan<T> Span<T>()
        where T : unmanaged
    {
        var length = Value<int>();
        return length >= 0 && length <= _rest.Length / Unsafe.SizeOf<T>()
            ? MemoryMarshal.Cast<byte, T>(Take(length * Unsafe.SizeOf<T>()))
            : throw TooShort();
    }

    public string Text() => Encoding.UTF8.GetString(Span<byte>());

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw TooShort();
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static InvalidDataException TooShort() => new("it ends too early");
}
