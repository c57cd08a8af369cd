using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Telemetry.Licensing;

namespace Telemetry.Client.Licensing;

/// <summary>Names a key in a token without giving it away.</summary>
internal static class LicenseKeyThumbprint
{
    /// <summary>Keeps these hashes apart from any other hash of the same key.</summary>
    private const string Purpose = "telemetry license key\n";

    private const int Bytes = 16;

    public static string Of(string key) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(Purpose + LicenseKeyText.Canonical(key))).AsSpan(0, Bytes));
}
