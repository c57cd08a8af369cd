using System.Globalization;
using System.Security.Cryptography;
using Telemetry.DataFiles;

namespace Telemetry.Server.Licensing;

/// <summary>The directory of private keys: "root-TIME.pem" and "signing-TIME.pem", with the time of making in Unix seconds.</summary>
/// <param name="directory">The directory; made when it may be.</param>
/// <param name="dataExists">
/// Whether the server stored something before. Then a missing root key is refused: apps would trust no new one, silently.
/// </param>
internal sealed class SigningKeyFiles(string directory, bool dataExists)
{
    public string Location => directory;

    private const string RootPrefix = "root-";
    private const string SigningPrefix = "signing-";
    private const string Extension = ".pem";

    /// <exception cref="SigningKeyException">The message tells an operator what is wrong and what to do.</exception>
    public (SigningKey? Root, IReadOnlyList<SigningKey> Signing) Read()
    {
        try
        {
            if (!dataExists)
            {
                DurableFile.CreateDirectory(directory);
            }

            var (roots, signing) = Directory.Exists(directory) ? (Read(RootPrefix), Read(SigningPrefix)) : ([], []);
            if (roots.Count == 0 && (dataExists || signing.Count > 0))
            {
                throw new SigningKeyException(
                    $"The root key is missing from '{directory}' although {(signing.Count > 0 ? "signing keys are there" : "data is stored")}, "
                    + "and apps trust no other. Restore it from a backup, or name its directory with Licensing:KeyDirectory.");
            }

            return roots.Count <= 1
                ? (roots.SingleOrDefault(), signing)
                : throw new SigningKeyException(
                    $"'{directory}' holds {roots.Count} root keys; leave the one that your apps trust.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SigningKeyException($"The signing keys in '{directory}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads them all, and makes nothing.</summary>
    /// <exception cref="SigningKeyException">One is missing or cannot be used.</exception>
    public void Verify()
    {
        if (!Directory.Exists(directory))
        {
            throw new SigningKeyException($"The signing keys in '{directory}' are missing; restore them from a backup.");
        }

        var (root, signing) = Read();
        if (root is null || signing.Count == 0)
        {
            throw new SigningKeyException($"'{directory}' lacks a {(root is null ? "root" : "signing")} key; restore it from a backup.");
        }

        root.Dispose();
        signing.ToList().ForEach(key => key.Dispose());
    }

    public void WriteRoot(SigningKey key) => Write(RootPrefix, key);

    /// <exception cref="SigningKeyException">It cannot be written, or not beside the root key: is the directory still the same?</exception>
    public void WriteSigning(SigningKey key)
    {
        if (!Directory.Exists(directory) || Directory.GetFiles(directory, RootPrefix + "*" + Extension).Length == 0)
        {
            throw new SigningKeyException($"The root key is no longer in '{directory}'. Put the directory back, with all its keys.");
        }

        Write(SigningPrefix, key);
    }

    private List<SigningKey> Read(string prefix) =>
        [.. Directory.GetFiles(directory, prefix + "*" + Extension)
            .Select(path => ReadKey(path, TimeOf(path, prefix)))
            .OrderBy(key => key.CreatedAt)];

    private void Write(string prefix, SigningKey key)
    {
        var path = Path.Combine(directory, string.Create(
            CultureInfo.InvariantCulture, $"{prefix}{key.CreatedAt.ToUnixTimeSeconds()}{Extension}"));
        try
        {
            DurableFile.WriteNew(path, System.Text.Encoding.ASCII.GetBytes(key.ExportPrivatePem()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Discard(path + ".new");
            throw new SigningKeyException($"A signing key cannot be written to '{directory}': {e.Message}", e);
        }
    }

    private static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Half a key under a name that nobody reads.
        }
    }

    private static SigningKey ReadKey(string path, DateTimeOffset createdAt)
    {
        if (!OperatingSystem.IsWindows()
            && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0)
        {
            throw new SigningKeyException(
                $"The private key '{path}' can be read by others; make it its owner's alone (chmod 600).");
        }

        try
        {
            return SigningKey.FromPem(File.ReadAllText(path), createdAt);
        }
        catch (CryptographicException e)
        {
            throw new SigningKeyException($"'{path}' is no private key: {e.Message} Restore it from a backup.", e);
        }
    }

    private static DateTimeOffset TimeOf(string path, string prefix)
    {
        var name = Path.GetFileNameWithoutExtension(path)[prefix.Length..];
        return long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new SigningKeyException($"'{path}' is not named after the time of its making in Unix seconds.");
    }
}
