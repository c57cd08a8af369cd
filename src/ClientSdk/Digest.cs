using System.Security.Cryptography;

namespace Telemetry.Client;

/// <summary>SHA-256 as it is written everywhere: 64 lower-case hexadecimal digits.</summary>
internal static class Digest
{
    // Upper case first: the runtime that knows the direct way is not the oldest one supported.
    public static string Of(ReadOnlySpan<byte> bytes) =>
        Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();
}
