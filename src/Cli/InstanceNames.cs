namespace Telemetry.Cli;

/// <summary>Tells apart what people name an installation by.</summary>
internal static class InstanceNames
{
    private const int PseudonymLength = 32;
    private const int HashLength = 64;

    public static InstanceName KindOf(string which) =>
        !which.All(char.IsAsciiHexDigitLower) ? InstanceName.Url : which.Length switch
        {
            PseudonymLength => InstanceName.Pseudonym,
            HashLength => InstanceName.Hash,
            _ => InstanceName.Url,
        };
}
