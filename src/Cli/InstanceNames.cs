namespace Telemetry.Cli;

/// <summary>Tells apart what people name an installation by.</summary>
internal static class InstanceNames
{
    private const int PseudonymLength = 32;
    private const int HashLength = 64;

    /// <summary>Puts what a person wrote where a request has it.</summary>
    public static void Name(string which, Action<string> pseudonym, Action<string> hash, Action<string> url) => (KindOf(which) switch
    {
        InstanceName.Pseudonym => pseudonym,
        InstanceName.Hash => hash,
        _ => url,
    })(which);

    public static InstanceName KindOf(string which) =>
        !which.All(char.IsAsciiHexDigitLower) ? InstanceName.Url : which.Length switch
        {
            PseudonymLength => InstanceName.Pseudonym,
            HashLength => InstanceName.Hash,
            _ => InstanceName.Url,
        };
}
