using System.Globalization;

namespace Telemetry.Server.Model;

/// <summary>Identifies a license: 8 random bytes. Nothing that ingestion stores has one.</summary>
internal readonly record struct LicenseId(ulong Value)
{
    public const int Size = sizeof(ulong);

    public static bool TryParse(string text, out LicenseId id)
    {
        id = default;
        if (text.Length != 2 * Size
            || !ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        id = new LicenseId(value);
        return true;
    }

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
