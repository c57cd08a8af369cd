using System.Security.Cryptography;
using Telemetry.Server.Licensing;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>A key file in which a byte changed: refused in words, or the same key. Tokens that no app accepts are worse than no start.</summary>
public sealed class SigningKeyDamageTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-keys-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Every_changed_byte_is_refused_or_leaves_the_key_what_it_was()
    {
        var files = new SigningKeyFiles(_directory, dataExists: false);
        using var key = SigningKey.Create(Now);
        files.WriteRoot(key);
        var path = Assert.Single(Directory.GetFiles(_directory));
        var pem = File.ReadAllBytes(path);
        using var verifier = ECDsa.Create();
        verifier.ImportFromPem(key.PublicPem);
        var refused = 0;
        for (var i = 0; i < pem.Length; i++)
        {
            foreach (var bit in new byte[] { 0x01, 0x04, 0x20, 0x80 })
            {
                var damaged = pem.ToArray();
                damaged[i] ^= bit;
                File.WriteAllBytes(path, damaged);
                try
                {
                    using var read = files.Read().Root!;
                    Assert.Equal(key.Id, read.Id);
                    var signature = new byte[SigningKey.SignatureSize];
                    read.Sign("text"u8, signature);
                    Assert.True(verifier.VerifyData("text"u8, signature, HashAlgorithmName.SHA256), $"Byte {i}, bit {bit}: another key signs.");
                }
                catch (SigningKeyException e)
                {
                    refused++;
                    Assert.Contains(path, e.Message, StringComparison.Ordinal);
                    Assert.Contains("Restore it from a backup.", e.Message, StringComparison.Ordinal);
                }
            }
        }

        Assert.True(refused > pem.Length, $"Only {refused} were refused.");
    }
}
