namespace Telemetry.Schema;

/// <summary>Protobuf's numbers of variable length: seven bits a byte, the lowest first.</summary>
internal static class Varint
{
    private const int MaxBytes = 10;

    /// <summary>Takes a number off the front; false when there is none.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        value = 0;
        for (var i = 0; i < MaxBytes && i < rest.Length; i++)
        {
            var next = rest[i];
            value |= (ulong)(next & 0x7f) << (7 * i);
            if (next < 0x80)
            {
                rest = rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
