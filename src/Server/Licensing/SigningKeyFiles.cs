using System.Globalization;
using System.Security.Cryptography;
using Telemetry.Server.Storage;

namespace Telemetry.Server.Licensing;

/// <summary>The directory of private keys: "root-TIME.pem" and "signing-TIME.pem", with the time of making in Unix seconds.</summary>
internal sealed class SigningKeyFiles(string directory)
{
    private const string RootPrefix = "root-";
    private const string SigningPrefix = "signing-";
    private const string Extension = ".pem";

    /// <exception cref="SigningKeyException">The message tells an operator what is wrong and what to do.</exception>
    public (SigningKey? Root, IReadOnlyList<SigningKey> Signing) Read()
    {
        try
        {
            DurableFile.CreateDirectory(directory);
            var roots = Read(RootPrefix);
            return roots.Count <= 1
                ? (roots.SingleOrDefault(), Read(SigningPrefix))
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

    public void WriteSigning(SigningKey key) => Write(SigningPrefix, key);

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
            throw new SigningKeyException($"A signing key cannot be written to '{directory}': {e.Message}", e);
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
