using System.Globalization;
using Google.Protobuf;
using Telemetry.Contracts.Rules;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli;

/// <summary>Keeps the end of an audit log where whoever has the server cannot change it: "NUMBER HASH".</summary>
internal static class AuditHeadFile
{
    /// <returns>The head; null when there is no file yet.</returns>
    /// <exception cref="CliUsageException">It cannot be read, or holds something else.</exception>
    public static AuditHead? Read(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        var words = TextOf(file).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words is [var number, { Length: 2 * AuditHash.Size } hash] && hash.All(char.IsAsciiHexDigit)
            && ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var known) && known > 0
                ? new AuditHead { Number = known, Hash = ByteString.CopyFrom(Convert.FromHexString(hash)) }
                : throw new CliUsageException(
                    $"'{file}' does not hold the end of an audit log. If it is another program's, name another one; to begin anew, delete it.");
    }

    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string file, AuditHead head)
    {
        var part = file + ".new";
        File.WriteAllText(part, string.Create(CultureInfo.InvariantCulture, $"{head.Number} {Convert.ToHexStringLower(head.Hash.Span)}\n"));
        File.Move(part, file, overwrite: true);
    }

    private static string TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliUsageException($"'{file}' cannot be read: {e.Message}");
        }
    }
}
