namespace Telemetry.Server.Model;

/// <summary>ISO 3166-1 alpha-2 in upper case, packed into two bytes; the default value means none.</summary>
internal readonly record struct CountryCode(ushort Packed)
{
    public static CountryCode FromLetters(string letters) =>
        letters.Length == 2 ? new((ushort)(letters[0] << 8 | letters[1])) : default;

    public bool IsNone => Packed == 0;

    public override string ToString() => IsNone ? "" : string.Create(2, Packed, static (span, packed) =>
    {
        span[0] = (char)(packed >> 8);
        span[1] = (char)(packed & 0xff);
    });
}
