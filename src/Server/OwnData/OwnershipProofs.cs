using Telemetry.Schema;
using Telemetry.Server.Callers;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Rpc;

namespace Telemetry.Server.OwnData;

/// <summary>Reads who a call says it is, and what proves it.</summary>
internal sealed class OwnershipProofs(AppRegistry apps, Pseudonyms pseudonyms, CallerPseudonyms callers, CallerLimits limits, LimitMetrics metrics)
{
    /// <summary>Counts the call and makes of what came what it is compared by. Whether it is right is not looked at.</summary>
    /// <exception cref="Grpc.Core.RpcException">It is none, or the caller had too many within the hour.</exception>
    public OwnershipProof Read(string app, string instanceHash, ReadOnlySpan<byte> secret, HttpContext context)
    {
        var slug = Paging.App(apps, app) ?? throw RpcErrors.InvalidField("app", "is required; it " + apps.Rule);
        if (InstanceHashFormat.BrokenRule(instanceHash) is { } rule)
        {
            throw RpcErrors.InvalidField("instance_hash", rule);
        }

        if (secret.Length != ReportLimits.OwnershipSecretBytes)
        {
            throw RpcErrors.InvalidField("ownership_secret", "must be the 32 bytes that came with every report");
        }

        if (limits.OwnDataCalls.Take(callers.Of(context)) is { } wait)
        {
            metrics.Refused("own_data");
            throw RpcErrors.TooManyOwnDataCalls(
                $"Too many calls that show or erase what was collected come from this address. Try again in {Waiting.InWords(wait)}.", wait);
        }

        var instance = pseudonyms.Of(instanceHash);
        return new OwnershipProof(instance, slug, pseudonyms.OfOwner(instance, slug, secret));
    }
}

/// <param name="Instance">The installation that it is about.</param>
/// <param name="App">The app's slug.</param>
/// <param name="Owner">Keyed hash of what proves it.</param>
internal readonly record struct OwnershipProof(InstanceId Instance, string App, ulong Owner);
