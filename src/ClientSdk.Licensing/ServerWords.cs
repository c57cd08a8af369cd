namespace Telemetry.Client.Licensing;

/// <summary>Words of a server as far as they may be shown: one line of bounded length.</summary>
internal static class ServerWords
{
    private const int Longest = 500;

    public static string Of(string text)
    {
        var line = string.Concat(text.Take(Longest + 1).Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return line.Length <= Longest ? line : line[..Longest] + "...";
    }
}
