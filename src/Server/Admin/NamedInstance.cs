using Telemetry.Schema;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Rpc;

namespace Telemetry.Server.Admin;

/// <summary>An installation as a request names it.</summary>
/// <param name="Id">Its pseudonym.</param>
/// <param name="Licensed">The one that its licenses have; null when it was named by the other, which does not tell it.</param>
/// <param name="Name">What an answer may call it: the pseudonym or the hash, never the URL.</param>
internal sealed record NamedInstance(InstanceId Id, LicensedInstanceId? Licensed, string Name)
{
    public const int MaxUrlLength = 2_048;

    /// <summary>By one of the three; the others are empty.</summary>
    /// <exception cref="Grpc.Core.RpcException">It is none of them.</exception>
    public static NamedInstance Read(Pseudonyms pseudonyms, string id, string hash, string url)
    {
        if (id.Length > 0)
        {
            return InstanceId.TryParse(id, out var known)
                ? new NamedInstance(known, null, id)
                : throw RpcErrors.InvalidField("instance_id", "must be 32 hexadecimal digits, as ListInstances shows them");
        }

        if (hash.Length > 0)
        {
            return InstanceHashFormat.BrokenRule(hash) is { } rule
                ? throw RpcErrors.InvalidField("instance_hash", rule)
                : new NamedInstance(pseudonyms.Of(hash), pseudonyms.OfLicensed(hash), hash);
        }

        return url.Length is > 0 and <= MaxUrlLength
            ? new NamedInstance(pseudonyms.OfUrl(url), pseudonyms.OfLicensedUrl(url), Pseudonyms.HashOfUrl(url))
            : throw (url.Length == 0
                ? RpcErrors.InvalidField("instance", "is required: set instance_id, instance_hash or instance_url")
                : RpcErrors.InvalidField("instance_url", "must be the installation's URL, at most 2048 characters"));
    }
}
