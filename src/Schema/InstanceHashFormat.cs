using System.Buffers;

namespace Telemetry.Schema;

/// <summary>The form of the hash that stands for an installation: SHA-256 of its URL.</summary>
internal static class InstanceHashFormat
{
    public const int Length = 64;

    public const string Rule = "must be the SHA-256 of the installation's URL as 64 lower-case hexadecimal digits";

    private const string HashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>The rule that a text breaks, and the way out; null when it is a hash.</summary>
    public static string? BrokenRule(string? hash)
    {
        if (hash is not { Length: Length } || hash.AsSpan().ContainsAnyExcept(LowerHex))
        {
            return Rule;
        }

        return hash == HashOfNothing ? "is the hash of an empty text; configure the installation's URL first" : null;
    }
}
