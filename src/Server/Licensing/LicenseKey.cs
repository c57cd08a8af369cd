using System.Buffers;
using System.Security.Cryptography;
using Telemetry.Licensing;

namespace Telemetry.Server.Licensing;

/// <summary>The form of license keys, e.g. "RVOX-4QK7NM-ZXR2C9-...": made, checked for typing errors, masked.</summary>
/// <remarks>
/// After the prefix come 24 random symbols (120 bits) and six of checksum, in groups of six. Alphabet and checksum are
/// those of Bech32m (BIP-350), the prefix included: every error in up to four symbols is noticed, and no two symbols
/// look alike. What else does not count, <see cref="LicenseKeyText"/> says.
/// </remarks>
internal static class LicenseKey
{
    public const int MaxLength = 256;
    public const int MinPrefix = 2;
    public const int MaxPrefix = 8;

    public const int SeedSize = RandomSymbols;

    private const string Alphabet = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
    private const int RandomSymbols = 24;
    private const int ChecksumSymbols = 6;
    private const int Symbols = RandomSymbols + ChecksumSymbols;
    private const int GroupSize = 6;
    private const int BitsPerSymbol = 5;
    private const int ShownSymbols = 4;
    private const byte NoSymbol = byte.MaxValue;
    private const uint Bech32m = 0x2bc830a3;

    private static readonly SearchValues<char> PrefixLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    /// <summary>A symbol's value by its ASCII code: every key that is asked about has thirty of them.</summary>
    private static readonly byte[] Values = [.. Enumerable.Range(0, 128).Select(code =>
        Alphabet.IndexOf((char)code, StringComparison.Ordinal) is var value and >= 0 ? (byte)value : NoSymbol)];

    private static readonly uint[] Generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    /// <summary>What the five bits that leave the remainder change in it: every key that is asked about takes 39 such steps.</summary>
    private static readonly uint[] Feedback = [.. Enumerable.Range(0, 1 << BitsPerSymbol).Select(top =>
        Generators.Where((_, i) => (top >> i & 1) != 0).Aggregate(0u, (sum, generator) => sum ^ generator))];

    /// <summary>Makes a key.</summary>
    /// <param name="prefix">What it begins with; see <see cref="IsPrefix"/>.</param>
    public static string Create(string prefix) => Create(prefix, RandomNumberGenerator.GetBytes(SeedSize));

    /// <summary>Makes the key that belongs to a seed.</summary>
    /// <param name="prefix">What it begins with; see <see cref="IsPrefix"/>.</param>
    /// <param name="seed">At least <see cref="SeedSize"/> bytes, which nobody can guess.</param>
    public static string Create(string prefix, ReadOnlySpan<byte> seed)
    {
        Span<byte> symbols = stackalloc byte[Symbols];
        seed[..SeedSize].CopyTo(symbols);
        foreach (ref var symbol in symbols[..RandomSymbols])
        {
            // 32 symbols divide 256 evenly, so none is likelier than another.
            symbol %= (byte)Alphabet.Length;
        }

        var remainder = Remainder(prefix, symbols) ^ Bech32m;
        for (var i = 0; i < ChecksumSymbols; i++)
        {
            symbols[RandomSymbols + i] = (byte)(remainder >> BitsPerSymbol * (ChecksumSymbols - 1 - i) & 0x1f);
        }

        var key = new System.Text.StringBuilder(prefix);
        for (var i = 0; i < Symbols; i++)
        {
            key.Append(i % GroupSize == 0 ? "-" : "").Append(Alphabet[symbols[i]]);
        }

        return key.ToString();
    }

    /// <summary>2 to 8 capital letters and digits.</summary>
    public static bool IsPrefix(ReadOnlySpan<char> text) =>
        text.Length is >= MinPrefix and <= MaxPrefix && !text.ContainsAnyExcept(PrefixLetters);

    /// <summary>The key without what does not count; unchanged when it is longer than any key.</summary>
    public static string Canonical(string text)
    {
        Span<char> canonical = stackalloc char[MaxLength];
        return LicenseKeyText.Write(text, canonical) is var length and >= 0 ? canonical[..length].ToString() : text;
    }

    /// <summary>Whether a canonical text is a key without a typing error.</summary>
    public static bool IsWellFormed(string canonical)
    {
        var prefix = canonical.Length - Symbols;
        if (prefix is < MinPrefix or > MaxPrefix)
        {
            return false;
        }

        Span<byte> symbols = stackalloc byte[Symbols];
        for (var i = 0; i < Symbols; i++)
        {
            var letter = canonical[prefix + i];
            symbols[i] = letter < Values.Length ? Values[letter] : NoSymbol;
            if (symbols[i] == NoSymbol)
            {
                return false;
            }
        }

        return IsPrefix(canonical.AsSpan(0, prefix)) && Remainder(canonical.AsSpan(0, prefix), symbols) == Bech32m;
    }

    /// <summary>What may be shown of a key: its prefix, as far as it has one, and its last four characters.</summary>
    public static string Mask(string key)
    {
        var end = key.TakeWhile(letter => !LicenseKeyText.IsDash(letter)).Count();
        var prefix = end < key.Length ? Canonical(key[..end]) : "";
        prefix = prefix.Length is >= MinPrefix and <= MaxPrefix ? prefix : "";
        var canonical = Canonical(key);
        return $"{prefix}-...-{canonical[^Math.Min(ShownSymbols, canonical.Length / ShownSymbols)..]}".TrimStart('-');
    }

    /// <summary>The remainder of BIP-173's polynomial over the expanded prefix and the symbols.</summary>
    private static uint Remainder(ReadOnlySpan<char> prefix, ReadOnlySpan<byte> symbols)
    {
        var remainder = 1u;
        foreach (var letter in prefix)
        {
            remainder = Step(remainder, (uint)letter >> BitsPerSymbol);
        }

        remainder = Step(remainder, 0);
        foreach (var letter in prefix)
        {
            remainder = Step(remainder, letter & 0x1fu);
        }

        foreach (var symbol in symbols)
        {
            remainder = Step(remainder, symbol);
        }

        return remainder;
    }

    private static uint Step(uint remainder, uint symbol)
    {
        var top = remainder >> 25;
        return (remainder & 0x1ffffff) << BitsPerSymbol ^ symbol ^ Feedback[top];
    }
}
