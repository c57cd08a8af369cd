using System.Security.Cryptography;
using System.Text;

namespace Telemetry.Server.Access;

/// <summary>What callers send. Shown once, when it is made; only its hash is kept.</summary>
internal static class TokenSecret
{
    /// <summary>Says what it is wherever it turns up, e.g. in a secret scanner.</summary>
    public const string Prefix = "tlm_";

    private const int RandomBytes = 32;

    public static string Make() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes));

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
