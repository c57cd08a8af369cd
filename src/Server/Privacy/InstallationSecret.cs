using System.Security.Cryptography;

namespace Telemetry.Server.Privacy;

/// <summary>
/// The secret under which installations are re-keyed. Made at first start and kept in a file of its own, apart from
/// the database: whoever has only one of the two cannot tell which installation a report came from.
/// </summary>
internal static class InstallationSecret
{
    public const int Size = 32;

    /// <summary>Reads the secret, or makes it when the server starts for the first time.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dataExists">
    /// Whether reports were stored before. Then a missing secret is refused: with a new one every installation would
    /// look like a stranger, silently.
    /// </param>
    /// <exception cref="SecretException">The message tells an operator what is wrong and what to do.</exception>
    public static byte[] ReadOrCreate(string path, bool dataExists)
    {
        try
        {
            if (File.Exists(path))
            {
                var secret = File.ReadAllBytes(path);
                return secret.Length == Size
                    ? secret
                    : throw new SecretException($"'{path}' is not a secret of {Size} bytes; restore it from a backup.");
            }

            if (dataExists)
            {
                throw new SecretException(
                    $"The secret '{path}' is missing although reports are stored; restore it from a backup, "
                    + "or start with an empty data directory.");
            }

            return Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SecretException($"The secret '{path}' cannot be read or written: {e.Message} Check the directory's space and permissions, or choose "
                + "another with --data.", e);
        }
    }

    /// <summary>Write, sync, then rename: a crash leaves either no secret or the whole one.</summary>
    private static byte[] Create(string path)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        CreatePrivateDirectory(directory);
        var secret = RandomNumberGenerator.GetBytes(Size);
        var temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(temporary, options))
        {
            file.Write(secret);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path);
        return secret;
    }

    private static void CreatePrivateDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(
                directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}

/// <summary>The secret cannot be used; the message tells an operator why and what to do.</summary>
internal sealed class SecretException(string message, Exception? inner = null) : Exception(message, inner);
