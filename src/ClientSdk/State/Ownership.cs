using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Telemetry.Client.State;

/// <summary>What proves to the server that reports are this installation's: drawn with the first report, sent beside each.</summary>
/// <param name="Secret">Random bytes that nobody else has.</param>
/// <param name="InstanceHash">What the installation is called in the latest report.</param>
internal sealed record Ownership(byte[] Secret, string InstanceHash)
{
    private const int SecretBytes = 32;

    [JsonIgnore]
    public bool IsPlausible => Secret is { Length: SecretBytes } && InstanceHash is not null;

    public static Ownership New(string instanceHash) => new(RandomNumberGenerator.GetBytes(SecretBytes), instanceHash);

    /// <summary>Whether it is still the one that another process has, or had.</summary>
    public bool HasSecretOf(Ownership? other) => other is not null && CryptographicOperations.FixedTimeEquals(Secret, other.Secret);
}
