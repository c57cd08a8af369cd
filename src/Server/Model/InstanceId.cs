using System.Buffers.Binary;
using System.Globalization;

namespace Telemetry.Server.Model;

/// <summary>Pseudonym of an installation: the first 16 bytes of a keyed hash. Never the reported hash itself.</summary>
internal readonly record struct InstanceId(UInt128 Value)
{
    public const int Size = 16;

    public static InstanceId Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    public static bool TryParse(string text, out InstanceId id)
    {
        id = default;
        if (text.Length != 2 * Size
            || !UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        id = new InstanceId(value);
        return true;
    }

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
