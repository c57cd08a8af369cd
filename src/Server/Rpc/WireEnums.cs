using System.Runtime.CompilerServices;

namespace Telemetry.Server.Rpc;

/// <summary>Values of the contract's enumerations, which are open: a caller can send any number.</summary>
internal static class WireEnums
{
    /// <summary>The value of the model; null for 0 and for what is not known. Never cut: 257 is not 1.</summary>
    /// <typeparam name="T">An enumeration of one byte with the contract's numbers.</typeparam>
    public static T? Known<T>(int value)
        where T : struct, Enum =>
        value is > 0 and <= byte.MaxValue && Unsafe.BitCast<byte, T>((byte)value) is var known && Enum.IsDefined(known)
            ? known
            : null;
}
