using System.Security.Cryptography;
using Telemetry.DataFiles;

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
                return Read(path);
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
            throw new SecretException(
                $"The secret '{path}' cannot be written: {e.Message} Check the directory's space and permissions, or choose "
                + "another with --data.", e);
        }
    }

    /// <exception cref="SecretException">There is none, or it is none.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            var secret = File.ReadAllBytes(path);
            return secret.Length == Size
                ? secret
                : throw new SecretException($"'{path}' is not a secret of {Size} bytes; restore it from a backup.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SecretException($"The secret '{path}' cannot be read: {e.Message} Check its owner and permissions.", e);
        }
    }

    private static byte[] Create(string path)
    {
        DurableFile.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var secret = RandomNumberGenerator.GetBytes(Size);
        DurableFile.WriteNew(path, secret);
        return secret;
    }
}

/// <summary>The secret cannot be used; the message tells an operator why and what to do.</summary>
internal sealed class SecretException(string message, Exception? inner = null) : Exception(message, inner);
