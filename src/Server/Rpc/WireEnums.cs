using System.Runtime.CompilerServices;

namespace Telemetry.Server.Rpc;

/// <summary>Reads enumerations of the contract. They are open: a message can hold any 32-bit number.</summary>
internal static class WireEnums
{
    /// <summary>The value as the server knows it; null for "not set", which is zero.</summary>
    /// <remarks>Both have the same numbers, but the server's are bytes: 257 must be refused before it is cut to 1.</remarks>
    /// <exception cref="Grpc.Core.RpcException">The contract has no such value.</exception>
    public static TModel? Read<TWire, TModel>(string field, TWire value)
        where TWire : struct, Enum
        where TModel : struct, Enum
    {
        var number = Unsafe.As<TWire, int>(ref value);
        return number switch
        {
            0 => null,
            _ when Enum.IsDefined(value) => (TModel)Enum.ToObject(typeof(TModel), (byte)number),
            _ => throw RpcErrors.InvalidField(field, "must be a value that this server knows"),
        };
    }
}
