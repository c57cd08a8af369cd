using System.Runtime.CompilerServices;

namespace Telemetry.Server.Rpc;

/// <summary>Values of the contract's enumerations, which are open: a message can hold any 32-bit number.</summary>
/// <remarks>The server's have the same numbers in one byte, so a number is looked up before it is cut: 257 is not 1.</remarks>
internal static class WireEnums
{
    /// <summary>The value as the server knows it; null for 0 and for what is not known.</summary>
    /// <typeparam name="T">An enumeration of one byte with the contract's numbers.</typeparam>
    public static T? Known<T>(int value)
        where T : struct, Enum =>
        value is > 0 and <= byte.MaxValue && Unsafe.BitCast<byte, T>((byte)value) is var known && Enum.IsDefined(known)
            ? known
            : null;

    /// <summary>The value as the server knows it; null for "not set", which is zero.</summary>
    /// <exception cref="Grpc.Core.RpcException">The server knows no such value.</exception>
    public static TModel? Read<TWire, TModel>(string field, TWire value)
        where TWire : struct, Enum
        where TModel : struct, Enum =>
        Unsafe.BitCast<TWire, int>(value) is var number && number == 0
            ? null
            : Known<TModel>(number) ?? throw RpcErrors.InvalidField(field, "must be a value that this server knows");
}
