using System.Text.Json;
using Telemetry.Server.Model;

namespace Telemetry.Server.Licensing;

/// <summary>Proofs that something was erased, good for ever: signed by the root key, which apps know, and without an end.</summary>
internal sealed class ErasureReceipts(SigningKeyRing keys)
{
    public const string Type = "telemetry-erasure+jwt";

    private const string Issuer = "telemetry";

    /// <param name="erasure">What was erased.</param>
    /// <param name="instance">The installation, as whoever asked for it named it: a pseudonym or a hash.</param>
    public string Of(Erasure erasure, string instance)
    {
        using var payload = new MemoryStream();
        using (var json = new Utf8JsonWriter(payload))
        {
            json.WriteStartObject();
            json.WriteString("iss"u8, Issuer);
            json.WriteNumber("iat"u8, erasure.Time.ToUnixTimeSeconds());
            json.WriteString("instance"u8, instance);
            json.WriteString("app"u8, erasure.App);
            json.WriteNumber("reports"u8, erasure.Reports);
            json.WriteEndObject();
        }

        return CompactJws.Make(keys.Root, Type, payload.ToArray());
    }
}
