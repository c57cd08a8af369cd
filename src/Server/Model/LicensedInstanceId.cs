using System.Buffers.Binary;
using System.Globalization;

namespace Telemetry.Server.Model;

/// <summary>
/// Pseudonym of an installation as its license knows it. Made under another key than <see cref="InstanceId"/> and a type
/// of its own: the two cannot be joined, by a thief or by mistake.
/// </summary>
internal readonly record struct LicensedInstanceId(UInt128 Value)
{
    public const int Size = 16;

    public static LicensedInstanceId Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    public static bool TryParse(string text, out LicensedInstanceId id)
    {
        id = default;
        if (text.Length != 2 * Size
            || !UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        id = new LicensedInstanceId(value);
        return true;
    }

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
