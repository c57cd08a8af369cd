namespace Telemetry.Schema;

/// <summary>Versions in their own order: number by number, and before a release what came before it ("1.7.0-rc1" before "1.7.0").</summary>
/// <remarks>Of what <see cref="Kinds.VersionText"/> keeps; any other text comes last, in the order of its characters.</remarks>
internal sealed class VersionOrder : IComparer<string>
{
    public static readonly VersionOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        var left = new Reader(x ?? "");
        var right = new Reader(y ?? "");
        if (!left.HasNumber || !right.HasNumber)
        {
            return left.HasNumber != right.HasNumber ? (left.HasNumber ? -1 : 1) : string.CompareOrdinal(x, y);
        }

        while (left.HasNumber || right.HasNumber)
        {
            // What is not written is zero: 8.2 is 8.2.0.
            if (left.Next().CompareTo(right.Next()) is var order and not 0)
            {
                return order;
            }
        }

        return left.Rest.IsEmpty != right.Rest.IsEmpty
            ? left.Rest.IsEmpty ? 1 : -1
            : left.Rest.SequenceEqual(right.Rest) ? string.CompareOrdinal(x, y) : CompareLabels(left.Rest, right.Rest);
    }

    /// <summary>The first numbers of a version: "8.2" of "8.2.36" for 2. All of it for 0; a pre-release is its release's.</summary>
    public static string Cut(string version, int parts)
    {
        if (parts == 0)
        {
            return version;
        }

        var at = 0;
        for (var dots = 0; at < version.Length && (char.IsAsciiDigit(version[at]) || (version[at] == '.' && ++dots < parts)); at++)
        {
        }

        return version[..at].TrimEnd('.');
    }

    /// <summary>"beta9" before "beta10" before "rc1".</summary>
    private static int CompareLabels(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var leftWord = left.TrimEnd("0123456789");
        var rightWord = right.TrimEnd("0123456789");
        return leftWord.CompareTo(rightWord, StringComparison.Ordinal) is var order and not 0
            ? order
            : new Reader(left[leftWord.Length..]).Next().CompareTo(new Reader(right[rightWord.Length..]).Next());
    }

    private ref struct Reader(ReadOnlySpan<char> text)
    {
        public ReadOnlySpan<char> Rest { get; private set; } = text;

        public readonly bool HasNumber => !Rest.IsEmpty && char.IsAsciiDigit(Rest[0]);

        /// <summary>The next number, with the dot that follows it; 0 when there is none.</summary>
        public long Next()
        {
            var number = 0L;
            while (HasNumber)
            {
                number = (10 * number) + (Rest[0] - '0');
                Rest = Rest[1..];
            }

            if (Rest.Length > 1 && Rest[0] == '.' && char.IsAsciiDigit(Rest[1]))
            {
                Rest = Rest[1..];
            }

            return number;
        }
    }
}
